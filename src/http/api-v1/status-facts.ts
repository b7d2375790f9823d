/**
 * `/api/v1/status/flags`, `/config` and `/runtimeinfo`: what the node was started with. The facts
 * come from whoever wired the API; nothing in them is a secret.
 */
import type { Endpoint } from "./api-scope.ts";
import { NO_NOTES, successAnswer } from "./success-answer.ts";

export interface StatusFacts {
  /** Every option by its path, as text. */
  readonly flags: Readonly<Record<string, string>>;
  /** The same as a configuration file. */
  readonly configYaml: string;
  readonly startMs: number;
  readonly folder: string;
  readonly threadCount: number;
  readonly coreCount: number;
  /** How long samples are kept, as Prometheus words it. */
  readonly retention: string;
}

export const answerStatusFlags: Endpoint = (_request, _params, { facts }) =>
  jsonAnswer(facts.flags);

export const answerStatusConfig: Endpoint = (_request, _params, { facts }) =>
  jsonAnswer({ yaml: facts.configYaml });

export const answerRuntimeInfo: Endpoint = (_request, _params, { facts, clock }) => {
  const startTime = new Date(facts.startMs).toISOString();
  return jsonAnswer({
    startTime,
    CWD: facts.folder,
    serverTime: new Date(clock.wallMs()).toISOString(),
    reloadConfigSuccess: true,
    lastConfigTime: startTime,
    corruptionCount: 0,
    // The nearest thing to what these names mean elsewhere.
    goroutineCount: facts.threadCount,
    GOMAXPROCS: facts.coreCount,
    GOGC: "",
    GODEBUG: "",
    storageRetention: facts.retention,
  });
};

function jsonAnswer(value: unknown): ReturnType<Endpoint> {
  return successAnswer((json) => void json.raw(asciiJson(value)), NO_NOTES);
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
