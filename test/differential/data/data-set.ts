/**
 * What one round of queries is asked about: series with their samples, and for each family of
 * series what a query has to know to be right by construction.
 */
import type { Labels } from "#model/labels.ts";
import type { MemorySample } from "#promql/script/memory-queryable.ts";

/**
 * `quiet`: no sample at a whole or a half second, floats only. `edges`: samples at whole seconds, so
 * they fall on the edges of windows. `native`: as `edges`, with native histograms.
 */
export type DataProfile = "quiet" | "edges" | "native";

export interface DataSeries {
  readonly labels: Labels;
  readonly samples: readonly MemorySample[];
}

export type FamilyKind =
  | "counter"
  | "gauge"
  | "bool"
  | "info"
  | "clock"
  | "odd"
  | "bucket"
  | "native"
  | "native-gauge"
  | "native-wide"
  | "mixed";

export interface Family {
  readonly name: string;
  readonly kind: FamilyKind;
  /** Labels that tell the series apart. */
  readonly labels: readonly string[];
  /** Labels some series have besides. */
  readonly extras: readonly string[];
}

export interface DataSet {
  readonly profile: DataProfile;
  readonly startMs: number;
  readonly endMs: number;
  readonly families: readonly Family[];
  /** In label order, each once, none without samples. */
  readonly series: readonly DataSeries[];
}

/** Values of `label` among the series of a family. */
export function valuesOf(data: DataSet, family: string, label: string): string[] {
  const values = new Set<string>();
  for (const { labels } of data.series) {
    if (read(labels, "__name__") === family) values.add(read(labels, label));
  }
  return [...values].sort();
}

function read(labels: Labels, name: string): string {
  const at = labels.findIndex((text, index) => index % 2 === 0 && text === name);
  return at === -1 ? "" : labels[at + 1]!;
}
