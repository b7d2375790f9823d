/**
 * `and`, `or`, `unless`: samples are kept or not, never changed. Whether one is kept depends on what
 * the other side has with the same signature at the same step.
 */
import { mergeEqualRows } from "../columns/merge-rows.ts";
import { ABSENT, dropEmptyRows, type SeriesMatrix } from "../columns/series-matrix.ts";
import type { BinarySetPlan } from "../plan/plan-node.ts";
import { matchSignatures } from "./match-signatures.ts";

export function combineSets(
  plan: BinarySetPlan,
  left: SeriesMatrix,
  right: SeriesMatrix,
): SeriesMatrix {
  const signatures = matchSignatures(left, right, plan.matching);
  if (plan.op === "or") {
    const present = presence(left, signatures.left, signatures.count);
    filterCells(right, signatures.right, present, false);
    return mergeEqualRows(concatenate(left, dropEmptyRows(right)));
  }
  const present = presence(right, signatures.right, signatures.count);
  filterCells(left, signatures.left, present, plan.op === "and");
  return dropEmptyRows(left);
}

/** Per signature and step whether any row has a sample. */
function presence(matrix: SeriesMatrix, ordinals: Int32Array, count: number): Uint8Array {
  const steps = matrix.grid.count;
  const present = new Uint8Array(count * steps);
  ordinals.forEach((ordinal, row) => {
    for (let step = 0; step < steps; step++) {
      if (matrix.kinds[row * steps + step] !== ABSENT) present[ordinal * steps + step] = 1;
    }
  });
  return present;
}

/** Keeps the cells whose signature is present (or is not, by `wanted`) at their step. */
function filterCells(
  matrix: SeriesMatrix,
  ordinals: Int32Array,
  present: Uint8Array,
  wanted: boolean,
): void {
  const steps = matrix.grid.count;
  ordinals.forEach((ordinal, row) => {
    for (let step = 0; step < steps; step++) {
      const isPresent = present[ordinal * steps + step] === 1;
      if (isPresent !== wanted) matrix.kinds[row * steps + step] = ABSENT;
    }
  });
}

function concatenate(a: SeriesMatrix, b: SeriesMatrix): SeriesMatrix {
  if (b.labels.length === 0) return a;
  const joined: SeriesMatrix = {
    grid: a.grid,
    labels: [...a.labels, ...b.labels],
    dropName: new Uint8Array(a.dropName.length + b.dropName.length),
    kinds: new Uint8Array(a.kinds.length + b.kinds.length),
    values: new Float64Array(a.values.length + b.values.length),
    histograms: null,
    ordered: a.ordered,
  };
  joined.dropName.set(a.dropName);
  joined.dropName.set(b.dropName, a.dropName.length);
  joined.kinds.set(a.kinds);
  joined.kinds.set(b.kinds, a.kinds.length);
  joined.values.set(a.values);
  joined.values.set(b.values, a.values.length);
  if (a.histograms !== null || b.histograms !== null) {
    const none = (length: number): null[] => Array.from({ length }, () => null);
    joined.histograms = (a.histograms ?? none(a.kinds.length)).concat(
      b.histograms ?? none(b.kinds.length),
    );
  }
  return joined;
}
