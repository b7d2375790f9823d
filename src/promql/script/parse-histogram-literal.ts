/**
 * Reads a histogram as scripts write it, `{{schema:0 count:2 buckets:[1 1]}}`: the body between the
 * double braces. Fields come in any order, each at most once; all have defaults.
 */
import type { CounterResetHint } from "#model/float-histogram.ts";
import { makeHistogram } from "#model/histogram/make-histogram.ts";
import type { BucketSide } from "#model/histogram/bucket-side.ts";
import { parseFloat64 } from "#model/parse-float.ts";
import type { SequenceValue } from "./sequence-value.ts";

const HINTS: ReadonlySet<string> = new Set(["unknown", "reset", "not_reset", "gauge"]);
const LISTS = new Set(["buckets", "n_buckets", "custom_values"]);
const NUMBERS = new Set(["schema", "sum", "count", "z_bucket", "z_bucket_w", "offset", "n_offset"]);

/** Throws an `Error` that says what is wrong. */
export function parseHistogramLiteral(body: string): SequenceValue {
  const fields = new Map<string, string>();
  const item = /\s*([a-z_]+):(\[[^\]]*\]|[^\s[\]]+)/y;
  let at = 0;
  while (body.slice(at).trim() !== "") {
    item.lastIndex = at;
    const match = item.exec(body);
    if (match === null) throw new Error(`unexpected ${JSON.stringify(body.slice(at).trim())}`);
    const [, key = "", value = ""] = match;
    const known = LISTS.has(key) || NUMBERS.has(key) || key === "counter_reset_hint";
    if (!known) throw new Error(`bad histogram descriptor ${key}`);
    if (fields.has(key)) throw new Error(`duplicate histogram descriptor ${key}`);
    fields.set(key, value);
    at = item.lastIndex;
  }
  const hint = fields.get("counter_reset_hint") ?? "unknown";
  if (!HINTS.has(hint)) throw new Error(`bad counter_reset_hint ${hint}`);
  const histogram = makeHistogram({
    schema: numberOf(fields, "schema"),
    counterResetHint: hint as CounterResetHint,
    count: numberOf(fields, "count"),
    sum: numberOf(fields, "sum"),
    zeroThreshold: numberOf(fields, "z_bucket_w"),
    zeroCount: numberOf(fields, "z_bucket"),
    positive: sideOf(fields, "buckets", "offset"),
    negative: sideOf(fields, "n_buckets", "n_offset"),
    customValues: listOf(fields, "custom_values"),
  });
  return { kind: "histogram", histogram, hintWritten: fields.has("counter_reset_hint") };
}

function sideOf(
  fields: ReadonlyMap<string, string>,
  countsKey: string,
  offsetKey: string,
): BucketSide {
  const counts = listOf(fields, countsKey);
  const offset = numberOf(fields, offsetKey);
  return { indexes: Int32Array.from(counts, (_, i) => offset + i), counts };
}

function listOf(fields: ReadonlyMap<string, string>, key: string): Float64Array {
  const text = fields.get(key) ?? "[]";
  const items = text.replace(/^\[|\]$/g, "").split(/[\s,]+/);
  return Float64Array.from(
    items.filter((item) => item !== ""),
    (item) => floatOf(key, item),
  );
}

function numberOf(fields: ReadonlyMap<string, string>, key: string): number {
  const text = fields.get(key);
  return text === undefined ? 0 : floatOf(key, text);
}

function floatOf(key: string, text: string): number {
  const value = parseFloat64(text);
  if (value === null) throw new Error(`cannot read ${key} of a histogram: got ${text}`);
  return value;
}
