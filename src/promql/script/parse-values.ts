/**
 * Reads the values of a series line: `1 2 3`, `_`, `_x3`, `stale`, `1x4` (five ones), `0+10x3`,
 * `{{...}}`, `{{...}}+{{...}}x4`. Growing series add step by step, as rounding shows.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { addHistograms } from "#model/histogram/add-histograms.ts";
import { parseFloat64 } from "#model/parse-float.ts";
import { parseDurationText } from "../parse/duration-text.ts";
import { parseHistogramLiteral } from "./parse-histogram-literal.ts";
import type { SequenceValue } from "./sequence-value.ts";

/** Longest sequence one item may stand for; scripts that need more are mistyped. */
const REPEATS_MAX = 1_000_000;

const NUMBER = String.raw`(?:inf|nan|\d[\d_]*(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)`;
const DURATION = String.raw`(?:\d+(?:ms|[ywdhms]))+`;
const FLOAT_ITEM = new RegExp(
  `^([+-]?)(${DURATION}|${NUMBER})(?:([+-])(${DURATION}|${NUMBER}))?(?:x(\\d+))?$`,
  "i",
);
const HISTOGRAM_ITEM = /^\{\{(.*?)\}\}(?:([+-])\{\{(.*?)\}\})?(?:x(\d+))?$/;
const OMITTED: SequenceValue = { kind: "omitted" };

/** Throws an `Error` that says what is wrong. */
export function parseValues(text: string): SequenceValue[] {
  return (text.match(/(?:\{\{.*?\}\}|\S)+/g) ?? []).flatMap(parseItem);
}

function parseItem(item: string): SequenceValue[] {
  if (item === "stale") return [{ kind: "stale" }];
  const omitted = /^_(?:x(\d+))?$/.exec(item);
  if (omitted !== null) {
    return Array.from({ length: repeats(omitted[1] ?? "1") }, () => OMITTED);
  }
  return parseHistograms(item) ?? parseFloats(item);
}

function parseFloats(item: string): SequenceValue[] {
  const match = FLOAT_ITEM.exec(item);
  if (match === null) throw new Error(`cannot read a value: got ${item}`);
  const [, sign, number = "", direction, difference, times] = match;
  const first = (sign === "-" ? -1 : 1) * numberOf(number);
  if (direction !== undefined && times === undefined) {
    throw new Error(`cannot read ${item}: want x and a number of steps at its end`);
  }
  const step = difference === undefined ? 0 : numberOf(difference);
  const values: SequenceValue[] = [];
  let value = first;
  for (let i = 0; i <= repeats(times ?? "0"); i++) {
    values.push({ kind: "float", value });
    if (direction !== undefined) value = direction === "-" ? value - step : value + step;
  }
  return values;
}

function parseHistograms(item: string): SequenceValue[] | null {
  const match = HISTOGRAM_ITEM.exec(item);
  if (match === null) return null;
  const [, first = "", direction, difference, times] = match;
  const base = parseHistogramLiteral(first);
  if (base.kind !== "histogram") return null;
  const step = difference === undefined ? null : parseHistogramLiteral(difference);
  const values: SequenceValue[] = [base];
  let current = base.histogram;
  for (let i = 0; i < repeats(times ?? "0"); i++) {
    if (step?.kind === "histogram") {
      current = combine(current, step.histogram, direction === "-" ? -1 : 1);
    }
    values.push({ ...base, histogram: current });
  }
  return values;
}

function combine(current: FloatHistogram, step: FloatHistogram, sign: 1 | -1): FloatHistogram {
  if (current.schema > step.schema) {
    throw new Error(
      `error combining histograms: cannot merge from schema ${step.schema} to ${current.schema}`,
    );
  }
  const added = addHistograms(current, step, sign);
  if (added === null) throw new Error("error combining histograms: schemas do not mix");
  return added.histogram;
}

function numberOf(text: string): number {
  const value = parseFloat64(text.replaceAll("_", ""));
  if (value !== null) return value;
  const duration = parseDurationText(text);
  if (!duration.ok) throw new Error(`cannot read a number: got ${text}`);
  return duration.ms / 1000;
}

function repeats(text: string): number {
  const count = Number(text);
  if (count > REPEATS_MAX) throw new Error(`got ${count} repeats, want at most ${REPEATS_MAX}`);
  return count;
}
