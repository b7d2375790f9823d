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

/** A duration, a special value or a decimal number; durations first, as they begin with digits. */
const NUMBER =
  /(?:\d+(?:ms|[ywdhms]))+|inf|nan|\d[\d_]*(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?/iy;
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
  const scan = new ItemScan(item);
  const negative = scan.takeSign() === "-";
  const first = scan.takeNumber();
  const direction = scan.takeSign();
  const step = direction === "" ? 0 : scan.takeNumber();
  const times = scan.takeTimes();
  if (direction !== "" && times === null) {
    throw new Error(`cannot read ${item}: want x and a number of steps at its end`);
  }
  const values: SequenceValue[] = [];
  let value = negative ? -first : first;
  for (let i = 0; i <= (times ?? 0); i++) {
    values.push({ kind: "float", value });
    if (direction !== "") value = direction === "-" ? value - step : value + step;
  }
  return values;
}

/** Takes an item apart from left to right. */
class ItemScan {
  readonly #item: string;
  #at = 0;

  constructor(item: string) {
    this.#item = item;
  }

  takeSign(): "+" | "-" | "" {
    const sign = this.#item[this.#at];
    if (sign !== "+" && sign !== "-") return "";
    this.#at++;
    return sign;
  }

  takeNumber(): number {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#item);
    if (match === null) throw new Error(`cannot read a value: got ${this.#item}`);
    this.#at = NUMBER.lastIndex;
    return numberOf(match[0]);
  }

  /** The count behind `x` at the end; null when the item ends here. */
  takeTimes(): number | null {
    const rest = this.#item.slice(this.#at);
    if (rest === "") return null;
    const match = /^x(\d+)$/.exec(rest);
    if (match === null) throw new Error(`cannot read a value: got ${this.#item}`);
    return repeats(match[1]!);
  }
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
