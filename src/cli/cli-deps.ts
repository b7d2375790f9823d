/** What the commands need from outside; tests give fakes, `node-cli-deps.ts` the real process. */
import type { GyreConfig } from "#config/gyre-config.ts";
import type { MachineFacts } from "#config/option.ts";
import type { Environment } from "#config/read-config-environment.ts";
import type { Clock } from "#runtime/ports/clock.ts";

export interface HttpReply {
  readonly status: number;
  readonly body: string;
}

/** A form, or bytes that the headers describe. */
export type PostBody = URLSearchParams | Uint8Array;

export interface CliDeps {
  readonly version: string;
  readonly environment: Environment;
  readonly machine: MachineFacts;
  readonly clock: Clock;
  /** Throws with a readable message. */
  readonly readFile: (name: string) => string;
  /** Files a pattern names, relative to the folder of `beside`; throws when there are none. */
  readonly findFiles: (beside: string, pattern: string) => readonly string[];
  /** One line, or several, to standard output. */
  readonly print: (text: string) => void;
  /** To standard error. */
  readonly complain: (text: string) => void;
  /** Rejects when nobody answers in time. */
  readonly post: (
    url: string,
    body: PostBody,
    timeoutMs: number,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<HttpReply>;
  /** Runs a node until it is told to stop; resolves with the exit code. */
  readonly serve: (config: GyreConfig) => Promise<number>;
}

export const EXIT_OK = 0;
/** The command was understood and could not be done. */
export const EXIT_FAILED = 1;
/** The command line was not understood. */
export const EXIT_USAGE = 2;
