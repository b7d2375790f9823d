/**
 * Label sets. Two forms: canonical bytes (identity: hashed, compared, stored) and `Labels`, the
 * decoded form queries work with: names and values alternating in one flat array, names in byte
 * order and unique, no empty values (an empty value means the label is absent). Immutable.
 *
 * Canonical bytes (DESIGN "Fixed once"): per label in byte order of the names, varint length +
 * name, varint length + value, all UTF-8.
 */
import { assert } from "#base/assert.ts";
import { compareUtf8 } from "#base/bytes/compare-utf8.ts";
import type { Brand } from "#base/brand.ts";

/** `[name, value, name, value, ...]`, sorted by name. Build with the functions of this file. */
export type Labels = Brand<readonly string[], "Labels">;

export const METRIC_NAME = "__name__";
export const EMPTY_LABELS: Labels = [] as readonly string[] as Labels;

/** Sorts, drops empty values and asserts that names are unique. */
export function labelsOf(pairs: Iterable<readonly [name: string, value: string]>): Labels {
  const kept = [...pairs].filter(([, value]) => value !== "");
  kept.sort((a, b) => compareUtf8(a[0], b[0]));
  const flat: string[] = [];
  for (const [name, value] of kept) {
    assert(flat.at(-2) !== name, () => `labels: name ${JSON.stringify(name)} given twice`);
    flat.push(name, value);
  }
  return flat as readonly string[] as Labels;
}

/** Trusts that `flat` is already sorted, unique and free of empty values. */
export function labelsFromSorted(flat: readonly string[]): Labels {
  return flat as Labels;
}

/** The value of `name`, or the empty string when the label is absent. */
export function labelValue(labels: Labels, name: string): string {
  for (let i = 0; i < labels.length; i += 2) {
    if (labels[i] === name) return labels[i + 1]!;
  }
  return "";
}

/** Half a surrogate pair: the one thing that no text decoded from UTF-8 contains. */
const KEY_SEPARATOR = "\u{d800}";

/** One string per label set, equal exactly when the sets are equal; usable as a Map key. */
export function labelsKey(labels: Labels): string {
  return labels.join(KEY_SEPARATOR);
}

export function labelsEqual(a: Labels, b: Labels): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Order of label sets as Prometheus has it: pair by pair, bytes of name then of value. */
export function compareLabels(a: Labels, b: Labels): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const order = compareUtf8(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** The labels as a plain object without prototype, so `__proto__` is a label like any other. */
export function labelsRecord(labels: Labels): Record<string, string> {
  const record = Object.create(null) as Record<string, string>;
  for (let i = 0; i < labels.length; i += 2) record[labels[i]!] = labels[i + 1]!;
  return record;
}
