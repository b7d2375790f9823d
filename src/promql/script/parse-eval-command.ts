/**
 * Reads an `eval` command with the lines that say what to expect: the query and its times, failures,
 * findings, and either a scalar, a string or series with their values.
 */
import { parseFloat64 } from "#model/parse-float.ts";
import { parseDurationText } from "../parse/duration-text.ts";
import { stringValue } from "../parse/string-value.ts";
import { parseMetric } from "./parse-metric.ts";
import { parseValues } from "./parse-values.ts";
import type { EvalCommand, ExpectedSeries, TextExpectation } from "./script-commands.ts";

const INSTANT = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(.+?))?\s+(.+)$/;
const RANGE =
  /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+?)\s+(.+)$/;
const EXPECT_RANGE = /^expect range vector\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+)$/;
const EXPECT = /^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg):(.+))?$/;

type Draft = {
  -readonly [Key in keyof EvalCommand]: EvalCommand[Key] extends readonly (infer Item)[]
    ? Item[]
    : EvalCommand[Key];
};

export function parseEvalCommand(head: string, body: readonly string[], line: number): EvalCommand {
  const draft = parseHead(head, line);
  let position = 0;
  for (const text of body) {
    const isLast = parseFailure(draft, text) || parseScalar(draft, text);
    if (isLast) break;
    if (parseExpectation(draft, text)) continue;
    const { labels, rest } = parseMetric(text);
    const series: ExpectedSeries = { labels, position: ++position, values: parseValues(rest) };
    if (series.values.length > 1 && !draft.isRange && !draft.expectsRangeVector) {
      throw new Error("expecting multiple values in instant evaluation not allowed");
    }
    draft.series.push(series);
  }
  assertConsistent(draft);
  return draft;
}

function parseHead(head: string, line: number): Draft {
  const instant = INSTANT.exec(head);
  const range = instant === null ? RANGE.exec(head) : null;
  const [, modifier, ...rest] = instant ?? range ?? [];
  if (rest.length === 0) throw new Error("invalid evaluation command");
  const any: TextExpectation = { kind: "any" };
  const times = instant === null ? timesOf(rest[0]!, rest[1]!, rest[2]!) : instantOf(rest[0] ?? "");
  return {
    kind: "eval",
    line,
    text: rest.at(-1)!,
    isRange: instant === null,
    ...times,
    expectsRangeVector: false,
    ordered: modifier === "ordered",
    fail: modifier === "fail" ? [any] : [],
    warn: modifier === "warn" ? [any] : [],
    info: modifier === "info" ? [any] : [],
    noWarn: false,
    noInfo: false,
    expectedString: null,
    expectedScalar: null,
    series: [],
  };
}

interface Times {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

function instantOf(text: string): Times {
  const startMs = durationMs(text);
  return { startMs, endMs: startMs, stepMs: 0 };
}

function timesOf(from: string, to: string, step: string): Times {
  const times = { startMs: durationMs(from), endMs: durationMs(to), stepMs: durationMs(step) };
  if (times.endMs < times.startMs) throw new Error(`end ${to} is before start ${from}`);
  return times;
}

function durationMs(text: string): number {
  if (text === "0") return 0;
  const duration = parseDurationText(text);
  if (text !== "" && duration.ok) return duration.ms;
  throw new Error(`invalid time: ${duration.ok ? "got nothing" : duration.problem}`);
}

/** The two old forms, which end the body. */
function parseFailure(draft: Draft, text: string): boolean {
  if (draft.fail.length === 0) return false;
  const match = /^expected_fail_(message|regexp)\s*(.*)$/.exec(text);
  if (match === null) return false;
  const [, form, value = ""] = match;
  draft.fail = [
    form === "message" ? { kind: "exactly", text: value } : { kind: "matching", pattern: value },
  ];
  return true;
}

function parseScalar(draft: Draft, text: string): boolean {
  const value = /^[+-]?0[xob]/i.test(text) ? Number(text) : parseFloat64(text);
  if (value === null) return false;
  draft.expectedScalar = value;
  return true;
}

function parseExpectation(draft: Draft, text: string): boolean {
  const range = EXPECT_RANGE.exec(text);
  if (range !== null) {
    Object.assign(draft, timesOf(range[1]!, range[2]!, range[3]!), { expectsRangeVector: true });
    return true;
  }
  if (text.startsWith("expect string")) {
    const literal = text.slice("expect string ".length);
    if (!/^(["'`]).*\1$/s.test(literal)) throw new Error("expected string literal not valid");
    draft.expectedString = stringValue(literal);
    return true;
  }
  if (!/^expect(?: |$)/.test(text)) return false;
  const match = EXPECT.exec(text);
  if (match === null) throw new Error(`invalid expect statement ${JSON.stringify(text)}`);
  const [, what, form, value = ""] = match;
  let expectation: TextExpectation = { kind: "any" };
  if (form === "msg") expectation = { kind: "exactly", text: value.trim() };
  if (form === "regex") expectation = { kind: "matching", pattern: value.trim() };
  if (what === "ordered") draft.ordered = true;
  else if (what === "no_warn") draft.noWarn = true;
  else if (what === "no_info") draft.noInfo = true;
  else draft[what as "fail" | "warn" | "info"].push(expectation);
  return true;
}

function assertConsistent(draft: Draft): void {
  if (draft.info.length > 0 && draft.noInfo) {
    throw new Error("invalid expect lines, info and no_info cannot be used together");
  }
  if (draft.warn.length > 0 && draft.noWarn) {
    throw new Error("invalid expect lines, warn and no_warn cannot be used together");
  }
  if (draft.fail.length > 1) {
    throw new Error("invalid expect lines, multiple expect fail lines are not allowed");
  }
}
