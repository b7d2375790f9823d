/** New label sets from old ones. All keep the order of names and drop empty values. */
import { compareUtf8 } from "#base/bytes/compare-utf8.ts";
import { EMPTY_LABELS, type Labels, labelsFromSorted, METRIC_NAME } from "#model/labels.ts";

export const METRIC_TYPE = "__type__";
export const METRIC_UNIT = "__unit__";

/** Labels that describe the metric; an operation that changes its meaning drops them. */
export function isMetricLabel(name: string): boolean {
  return name === METRIC_NAME || name === METRIC_TYPE || name === METRIC_UNIT;
}

export function dropMetricLabels(labels: Labels): Labels {
  return filterLabels(labels, (name) => !isMetricLabel(name));
}

export function keepLabels(labels: Labels, names: readonly string[]): Labels {
  if (names.length === 0) return EMPTY_LABELS;
  return filterLabels(labels, (name) => names.includes(name));
}

export function dropLabels(labels: Labels, names: readonly string[]): Labels {
  if (names.length === 0) return labels;
  return filterLabels(labels, (name) => !names.includes(name));
}

/** Sets one label, or removes it when `value` is empty. */
export function withLabel(labels: Labels, name: string, value: string): Labels {
  const edited: string[] = [];
  let pending = value !== "";
  for (let i = 0; i < labels.length; i += 2) {
    const at = labels[i]!;
    if (at === name) continue;
    if (pending && compareUtf8(name, at) < 0) {
      edited.push(name, value);
      pending = false;
    }
    edited.push(at, labels[i + 1]!);
  }
  if (pending) edited.push(name, value);
  return labelsFromSorted(edited);
}

function filterLabels(labels: Labels, keep: (name: string) => boolean): Labels {
  const kept: string[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    if (keep(labels[i]!)) kept.push(labels[i]!, labels[i + 1]!);
  }
  return kept.length === labels.length ? labels : labelsFromSorted(kept);
}
