/**
 * Runs a `.test` script against a target: loads samples, evaluates queries and holds every answer to
 * what the script expects. Instant queries are also evaluated pinned by `@` at other times and as
 * the middle of a range; all must agree.
 */
import { RE2JS } from "re2js";
import type { Clock } from "#runtime/ports/clock.ts";
import type { Annotation } from "../annotations.ts";
import type { Expr } from "../parse/ast.ts";
import { ALL_PARSE_FEATURES } from "../parse/parse-options.ts";
import { parsePromql } from "../parse/parse-promql.ts";
import { QUERY_FEATURES_ALL, type QueryFeatures } from "../query-options.ts";
import type { MatrixResult, QueryResult } from "../query-result.ts";
import { classicToNative } from "./classic-to-native.ts";
import { compareResult, compareScalar, compareVector } from "./compare-result.ts";
import { EngineTarget } from "./engine-target.ts";
import { parseScript } from "./parse-script.ts";
import { pinSelectors } from "./pin-selectors.ts";
import type { EvalCommand, LoadCommand, TextExpectation } from "./script-commands.ts";
import { scriptError } from "./script-error.ts";
import type { ScriptObstacle, ScriptTarget } from "./script-target.ts";

export interface ScriptOptions {
  readonly clock: Clock;
  readonly features?: QueryFeatures;
  /** Absent: the engine in this process, with these features. */
  readonly target?: ScriptTarget;
}

export interface ScriptFailure {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export interface ScriptSkip extends ScriptObstacle {
  readonly file: string;
  readonly line: number;
}

export interface ScriptResult {
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly ScriptFailure[];
  /** What the target could not be asked. */
  readonly skipped: readonly ScriptSkip[];
}

/** Half the width of the range whose middle repeats an instant query. */
const MIDDLE_MS = 60_000;

export async function runScript(
  text: string,
  fileName: string,
  options: ScriptOptions,
): Promise<ScriptResult> {
  const { clock, features = QUERY_FEATURES_ALL } = options;
  const target = options.target ?? new EngineTarget(clock, features);
  const failures: ScriptFailure[] = [];
  const skipped: ScriptSkip[] = [];
  let passed = 0;
  await target.clear();
  for (const command of parseScript(text, fileName)) {
    if (command.kind === "clear") await target.clear();
    else if (command.kind === "load") await load(target, command, fileName);
    else {
      const at = { file: fileName, line: command.line };
      const outcome = await new EvalRun(command, target).run();
      if (outcome === null) passed++;
      else if ("reason" in outcome) skipped.push({ ...at, ...outcome });
      else failures.push({ ...at, message: outcome.message });
    }
  }
  return { passed, failed: failures.length, failures, skipped };
}

async function load(target: ScriptTarget, command: LoadCommand, file: string): Promise<void> {
  try {
    await target.load(command.series);
    if (command.withNative) await target.load(classicToNative(command.series));
  } catch (error) {
    throw scriptError(file, command.line, error instanceof Error ? error.message : String(error));
  }
}

class EvalRun {
  readonly #command: EvalCommand;
  readonly #target: ScriptTarget;

  constructor(command: EvalCommand, target: ScriptTarget) {
    this.#command = command;
    this.#target = target;
  }

  /** Null when everything is as expected, else what is not, or why it cannot be known. */
  async run(): Promise<{ readonly message: string } | ScriptObstacle | null> {
    try {
      const expr = this.#parse();
      if (expr === null) return null;
      const obstacle = this.#target.obstacle(this.#command, expr);
      if (obstacle !== null) return obstacle;
      if (this.#command.isRange) await this.#runRange(expr);
      else await this.#runInstants(expr);
      return this.#unshown();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { message: `${this.#command.text}: ${message}` };
    }
  }

  /** What of the expectation, met so far, the target's answers leave open. */
  #unshown(): ScriptObstacle | null {
    const hasHint = this.#command.series.some(({ values }) =>
      values.some((value) => value.kind === "histogram" && value.hintWritten),
    );
    if (!hasHint || this.#target.shown === undefined) return null;
    return { kind: "interface", reason: "as expected, but the answer shows no reset hints" };
  }

  /** Null when the query was expected to fail and is not even valid. */
  #parse(): Expr | null {
    try {
      return parsePromql(this.#command.text, ALL_PARSE_FEATURES);
    } catch (error) {
      this.#assertFailureExpected(error);
      return null;
    }
  }

  async #runRange(expr: Expr): Promise<void> {
    const { startMs, endMs, stepMs } = this.#command;
    const result = await this.#evaluate(expr, startMs, endMs, stepMs);
    if (result === null) return;
    this.#checkAnnotations(result.annotations);
    compareResult(this.#command, result, this.#target.shown);
  }

  async #runInstants(expr: Expr): Promise<void> {
    const { endMs: timeMs } = this.#command;
    await this.#runInstant(expr, timeMs, "");
    const pinned = pinSelectors(expr, timeMs);
    if (pinned === null) return;
    const times =
      timeMs === 0
        ? [-1000, 0, 1000]
        : [-10 * timeMs, 0, Math.trunc(timeMs / 5), timeMs, 10 * timeMs];
    for (const other of times) {
      await this.#runInstant(pinned, other, `pinned to @ ${timeMs} ms, at ${other} ms: `);
    }
  }

  async #runInstant(expr: Expr, timeMs: number, where: string): Promise<void> {
    try {
      const result = await this.#evaluate(expr, timeMs, timeMs, 0);
      if (result === null) return;
      this.#checkAnnotations(result.annotations);
      compareResult(this.#command, result, this.#target.shown);
      await this.#runMiddle(expr, timeMs, result);
    } catch (error) {
      if (where === "" || !(error instanceof Error)) throw error;
      throw new Error(`${where}${error.message}`, { cause: error });
    }
  }

  /** The query over a range of three steps: the middle one must equal the instant. */
  async #runMiddle(expr: Expr, timeMs: number, instant: QueryResult): Promise<void> {
    const { expectsRangeVector, expectedString, text, ordered } = this.#command;
    if (expectsRangeVector || expectedString !== null) return;
    if (/(?:start|end|range|step)\(\)/.test(text)) return;
    const [startMs, endMs] = [timeMs - MIDDLE_MS, timeMs + MIDDLE_MS];
    const result = await this.#evaluate(expr, startMs, endMs, MIDDLE_MS);
    if (result?.kind !== "matrix" || ordered) return;
    const middle = columnAt(result, timeMs);
    try {
      if (instant.kind === "scalar") compareScalar(this.#command, middle.values[0]!);
      else compareVector(this.#command, middle, this.#target.shown);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`in range mode: ${message}`, { cause: error });
    }
  }

  /** Null when the query failed and was expected to. */
  async #evaluate(
    expr: Expr,
    startMs: number,
    endMs: number,
    stepMs: number,
  ): Promise<QueryResult | null> {
    const { text, fail } = this.#command;
    let result: QueryResult;
    try {
      result = await this.#target.evaluate(expr, text, { startMs, endMs, stepMs });
    } catch (error) {
      this.#assertFailureExpected(error);
      return null;
    }
    if (fail.length > 0) throw new Error("expected an error, got none");
    return result;
  }

  #assertFailureExpected(error: unknown): void {
    const [expected] = this.#command.fail;
    const message = error instanceof Error ? error.message : String(error);
    if (expected === undefined) throw error;
    if (!meets(expected, message)) {
      throw new Error(`expected error ${describe(expected)}, got: ${message}`, { cause: error });
    }
  }

  #checkAnnotations(annotations: readonly Annotation[]): void {
    const { warn, noWarn, info, noInfo } = this.#command;
    const texts = (level: string): string[] =>
      annotations.filter((one) => one.level === level).map((one) => one.message);
    checkTexts("warning", warn, noWarn, texts("warning"));
    checkTexts("info", info, noInfo, texts("info"));
  }
}

function columnAt(
  { labels, sampleStart, timestamps, values, histograms }: MatrixResult,
  timeMs: number,
): Pick<MatrixResult, "labels" | "values" | "histograms"> {
  const at = labels.map((_, row) => {
    const from = sampleStart[row]!;
    const found = timestamps.subarray(from, sampleStart[row + 1]).indexOf(timeMs);
    return found === -1 ? -1 : from + found;
  });
  const found = at.filter((index) => index !== -1);
  return {
    labels: labels.filter((_, row) => at[row] !== -1),
    values: Float64Array.from(found, (index) => values[index]!),
    histograms: histograms === null ? null : found.map((index) => histograms[index]!),
  };
}

function checkTexts(
  level: string,
  expected: readonly TextExpectation[],
  none: boolean,
  actual: readonly string[],
): void {
  if (none && actual.length > 0) throw new Error(`unexpected ${level}s: ${actual.join("; ")}`);
  if (expected.length === 0) return;
  for (const one of expected) {
    if (actual.some((text) => meets(one, text))) continue;
    throw new Error(`expected ${level} ${describe(one)}, got: ${actual.join("; ") || "none"}`);
  }
  for (const text of actual) {
    if (!expected.some((one) => meets(one, text))) throw new Error(`unexpected ${level}: ${text}`);
  }
}

function meets(expected: TextExpectation, text: string): boolean {
  switch (expected.kind) {
    case "any":
      return true;
    case "exactly":
      return text === expected.text;
    case "matching":
      return RE2JS.compile(expected.pattern).matcher(text).find();
  }
}

function describe(expected: TextExpectation): string {
  if (expected.kind === "any") return "of any text";
  return expected.kind === "exactly" ? `"${expected.text}"` : `matching ${expected.pattern}`;
}
