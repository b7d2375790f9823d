/**
 * Compares an answer with what an `eval` expects; throws an `Error` that shows the difference. Label
 * sets and times must be equal, values almost; the order of a vector only when the script says so.
 */
import { formatFloat } from "#model/format-float.ts";
import type { FloatHistogram } from "#model/float-histogram.ts";
import { formatHistogramLiteral } from "#model/histogram/format-histogram.ts";
import { compareLabels, type Labels, labelsKey } from "#model/labels.ts";
import { formatLabels } from "../columns/format-labels.ts";
import type { MatrixResult, QueryResult, VectorResult } from "../query-result.ts";
import { almostEqual } from "./almost-equal.ts";
import { isExpectedHistogram } from "./compare-histograms.ts";
import type { EvalCommand, ExpectedSeries } from "./script-commands.ts";
import type { SequenceValue } from "./sequence-value.ts";

/** What of a histogram can be compared; absent: all. */
export type ShownPart = ((histogram: FloatHistogram) => FloatHistogram) | undefined;

export function compareResult(command: EvalCommand, result: QueryResult, shown?: ShownPart): void {
  switch (result.kind) {
    case "string":
      if (result.value === command.expectedString) return;
      throw new Error(`expected string ${command.expectedString}, got ${result.value}`);
    case "scalar":
      compareScalar(command, result.value);
      return;
    case "vector":
      compareVector(command, result, shown);
      return;
    case "matrix":
      compareMatrix(command, result, shown);
  }
}

export function compareScalar({ expectedScalar }: EvalCommand, value: number): void {
  if (expectedScalar === null) {
    throw new Error(`expected vector or matrix result, got scalar ${formatFloat(value)}`);
  }
  if (almostEqual(expectedScalar, value)) return;
  throw new Error(`expected scalar ${formatFloat(expectedScalar)}, got ${formatFloat(value)}`);
}

export function compareVector(
  command: EvalCommand,
  result: Pick<VectorResult, "labels" | "values" | "histograms">,
  shown?: ShownPart,
): void {
  assertNoScalar(command, "vector");
  const expected = byLabels(command.series);
  result.labels.forEach((labels, row) => {
    const histogram = result.histograms?.[row] ?? null;
    const value = result.values[row]!;
    const want = expected.get(labelsKey(labels));
    if (want === undefined) {
      throw new Error(`unexpected series ${formatLabels(labels)}: ${show(value, histogram)}`);
    }
    expected.delete(labelsKey(labels));
    if (command.ordered && want.position !== row + 1) {
      throw new Error(
        `expected ${formatLabels(labels)} at position ${want.position}, got ${row + 1}`,
      );
    }
    compareSample(labels, want.values[0]!, value, histogram, shown);
  });
  assertAllFound(expected);
}

function compareMatrix(command: EvalCommand, result: MatrixResult, shown: ShownPart): void {
  if (command.ordered) throw new Error("expected ordered result, but query returned a matrix");
  assertNoScalar(command, "matrix");
  const expected = byLabels(command.series);
  result.labels.forEach((labels, row) => {
    if (row > 0 && compareLabels(result.labels[row - 1]!, labels) > 0) {
      throw new Error(`matrix is not in label order at ${formatLabels(labels)}`);
    }
    const want = expected.get(labelsKey(labels));
    if (want === undefined) {
      throw new Error(`unexpected series ${formatLabels(labels)}: ${showRow(result, row)}`);
    }
    expected.delete(labelsKey(labels));
    compareRow(command, want, result, row, shown);
  });
  assertAllFound(expected);
}

function compareRow(
  { startMs, endMs, stepMs }: EvalCommand,
  want: ExpectedSeries,
  result: MatrixResult,
  row: number,
  shown: ShownPart,
): void {
  const from = result.sampleStart[row]!;
  const to = result.sampleStart[row + 1]!;
  const points = want.values
    .map((value, i) => ({ value, timeMs: startMs + i * stepMs }))
    .filter(({ value }) => value.kind !== "omitted");
  const name = formatLabels(want.labels);
  if (startMs + (want.values.length - 1) * stepMs > endMs) {
    throw new Error(`expected ${want.values.length} points for ${name}, more than the query has`);
  }
  if (points.length !== to - from) {
    throw new Error(`expected ${points.length} points for ${name}, got ${showRow(result, row)}`);
  }
  points.forEach(({ value, timeMs }, i) => {
    const gotMs = result.timestamps[from + i]!;
    if (gotMs !== timeMs) {
      throw new Error(
        `expected point ${i} of ${name} at ${timeMs} ms, got ${gotMs} ms in ${showRow(result, row)}`,
      );
    }
    const histogram = result.histograms?.[from + i] ?? null;
    try {
      compareSample(want.labels, value, result.values[from + i]!, histogram, shown);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${reason} at ${timeMs} ms, in ${showRow(result, row)}`, { cause: error });
    }
  });
}

function compareSample(
  labels: Labels,
  want: SequenceValue,
  value: number,
  histogram: FloatHistogram | null,
  shown: ShownPart,
): void {
  const isExpected =
    want.kind === "histogram"
      ? histogram !== null && isExpectedOf(want, histogram, shown)
      : want.kind === "float" && histogram === null && almostEqual(want.value, value);
  if (isExpected) return;
  const wanted =
    want.kind === "float" || want.kind === "histogram"
      ? show(
          want.kind === "float" ? want.value : 0,
          want.kind === "histogram" ? want.histogram : null,
        )
      : want.kind;
  throw new Error(`expected ${wanted} for ${formatLabels(labels)}, got ${show(value, histogram)}`);
}

function isExpectedOf(
  { histogram, hintWritten }: Extract<SequenceValue, { kind: "histogram" }>,
  got: FloatHistogram,
  shown: ShownPart,
): boolean {
  return shown === undefined
    ? isExpectedHistogram(histogram, got, hintWritten)
    : isExpectedHistogram(shown(histogram), got, false);
}

function assertNoScalar({ expectedScalar }: EvalCommand, got: string): void {
  if (expectedScalar !== null) throw new Error(`expected scalar result, got a ${got}`);
}

function assertAllFound(missing: ReadonlyMap<string, ExpectedSeries>): void {
  const [first] = missing.values();
  if (first !== undefined)
    throw new Error(`expected series ${formatLabels(first.labels)} not found`);
}

function byLabels(series: readonly ExpectedSeries[]): Map<string, ExpectedSeries> {
  return new Map(series.map((one) => [labelsKey(one.labels), one]));
}

function show(value: number, histogram: FloatHistogram | null): string {
  return histogram === null ? formatFloat(value) : formatHistogramLiteral(histogram);
}

function showRow(result: MatrixResult, row: number): string {
  const points: string[] = [];
  for (let at = result.sampleStart[row]!; at < result.sampleStart[row + 1]!; at++) {
    const value = show(result.values[at]!, result.histograms?.[at] ?? null);
    points.push(`${value} @${result.timestamps[at]!}`);
  }
  return `[${points.join(", ")}]`;
}
