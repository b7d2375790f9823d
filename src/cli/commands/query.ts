/**
 * `gyre query`: asks a node, over HTTP, and prints what it says. Without `--start` the question is
 * about one moment, with it about a range. Findings of the node go to standard error, so that
 * standard output can be piped.
 */
import { parseDuration } from "#base/units/duration.ts";
import { type ApiReply, parseApiReply } from "../api-reply.ts";
import { type CliDeps, EXIT_FAILED, EXIT_OK } from "../cli-deps.ts";
import type { Command, CommandFlag } from "../command.ts";
import { type ParsedFlags, parseFlags } from "../parse-flags.ts";
import { resultTable } from "../result-table.ts";
import { SERVER_DEFAULT, serverUrl } from "../server-url.ts";
import { UsageError } from "../usage-error.ts";

const TIMEOUT_MS_DEFAULT = 120_000;
/** A range without a step gets about as many points as a terminal has lines. */
const POINTS_DEFAULT = 60;
const STEP_MS_MIN = 1000;

const FLAGS: readonly CommandFlag[] = [
  { name: "server", value: "url", description: `the node to ask (default ${SERVER_DEFAULT})` },
  { name: "time", value: "time", description: "evaluate at this moment instead of now" },
  { name: "start", value: "time", description: "evaluate over a range that begins here" },
  { name: "end", value: "time", description: "end of the range (default now)" },
  { name: "step", value: "duration", description: "distance of the points of a range" },
  { name: "limit", value: "count", description: "show at most so many series" },
  { name: "timeout", value: "duration", description: "give up after this long (default 2m)" },
  { name: "output", value: "form", description: "table or json (default table)" },
];

export const QUERY: Command = {
  name: "query",
  summary: "ask a node; times are RFC 3339, Unix seconds, or a duration ago such as 1h",
  usage: "<expression> [flags]",
  flags: FLAGS,
  takesConfig: false,
  async run(args, deps) {
    const flags = parseFlags(args, FLAGS);
    const [expression, extra] = flags.words;
    if (expression === undefined) throw new UsageError("got no expression, want one");
    if (extra !== undefined) {
      throw new UsageError(
        `got ${JSON.stringify(extra)} too, want one expression: put it in quotes`,
      );
    }
    const output = flags.values.get("output") ?? "table";
    if (output !== "table" && output !== "json") {
      throw new UsageError(`--output: got ${JSON.stringify(output)}, want table or json`);
    }
    const timeoutMs = durationFlag(flags, "timeout") ?? TIMEOUT_MS_DEFAULT;
    const { path, form } = requestOf(expression, flags, deps.clock.wallMs());
    form.set("timeout", String(timeoutMs / 1000));
    const server = serverUrl(flags, "server");
    return ask(`${server}${path}`, form, timeoutMs, output, deps);
  },
};

function requestOf(
  expression: string,
  flags: ParsedFlags,
  nowMs: number,
): { path: string; form: URLSearchParams } {
  const form = new URLSearchParams({ query: expression });
  const limit = flags.values.get("limit");
  if (limit !== undefined) form.set("limit", limit);
  const start = timeFlag(flags, "start", nowMs);
  if (start === null) {
    for (const name of ["end", "step"]) {
      if (flags.values.has(name)) throw new UsageError(`--${name}: want --start with it`);
    }
    form.set("time", timeFlag(flags, "time", nowMs) ?? seconds(nowMs));
    return { path: "/api/v1/query", form };
  }
  if (flags.values.has("time")) throw new UsageError("--time: got it with --start, want one");
  const end = timeFlag(flags, "end", nowMs) ?? seconds(nowMs);
  const rangeMs = (millis(end) - millis(start)) / POINTS_DEFAULT;
  const stepMs = durationFlag(flags, "step") ?? Math.max(STEP_MS_MIN, Math.ceil(rangeMs));
  form.set("start", start);
  form.set("end", end);
  form.set("step", seconds(stepMs));
  return { path: "/api/v1/query_range", form };
}

/** As the server takes it; a duration becomes that long before now. */
function timeFlag(flags: ParsedFlags, name: string, nowMs: number): string | null {
  const text = flags.values.get(name);
  if (text === undefined) return null;
  if (text === "now") return seconds(nowMs);
  const agoMs = /[a-z]$/.test(text) ? parseDuration(text) : null;
  if (agoMs !== null) return seconds(nowMs - agoMs);
  if (!Number.isNaN(millis(text))) return text;
  const want = "want an RFC 3339 time, Unix seconds, or a duration ago such as 1h";
  throw new UsageError(`--${name}: got ${JSON.stringify(text)}, ${want}`);
}

function durationFlag(flags: ParsedFlags, name: string): number | null {
  const text = flags.values.get(name);
  if (text === undefined) return null;
  const durationMs = parseDuration(text) ?? Number(text) * 1000;
  if (durationMs >= 1) return durationMs;
  const got = JSON.stringify(text);
  throw new UsageError(`--${name}: got ${got}, want a positive duration such as 15s`);
}

function seconds(ms: number): string {
  return String(ms / 1000);
}

/** NaN when the text is no time. */
function millis(text: string): number {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

async function ask(
  url: string,
  form: URLSearchParams,
  timeoutMs: number,
  output: "table" | "json",
  deps: CliDeps,
): Promise<number> {
  let body: string;
  let status: number;
  try {
    ({ body, status } = await deps.post(url, form, timeoutMs));
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    deps.complain(`gyre: cannot ask ${url}: ${cause}`);
    return EXIT_FAILED;
  }
  const reply = parseApiReply(body);
  if (reply?.status !== "success" || reply.data === undefined) {
    const cause = reply?.error ?? `got HTTP status ${status}, want an answer of the query API`;
    deps.complain(`gyre: ${cause}`);
    return EXIT_FAILED;
  }
  deps.print(output === "json" ? body.trimEnd() : resultTable(reply.data));
  for (const note of notesOf(reply)) deps.complain(note);
  return EXIT_OK;
}

function notesOf(reply: ApiReply): readonly string[] {
  return [...(reply.warnings ?? []), ...(reply.infos ?? [])];
}
