/**
 * `and`, `or`, `unless`: samples are kept or not, never changed. Whether one is kept depends on what
 * the other side has with the same signature at the same step.
 */
import { mergeEqualRows } from "../columns/merge-rows.ts";
import { inRowSlices } from "../columns/row-slices.ts";
import { dropEmptyRows } from "../columns/pick-rows.ts";
import { ABSENT, type SeriesMatrix } from "../columns/series-matrix.ts";
import type { Pace } from "../pace.ts";
import type { BinarySetPlan } from "../plan/plan-node.ts";
import { matchSignatures } from "./match-signatures.ts";

export async function combineSets(
  plan: BinarySetPlan,
  left: SeriesMatrix,
  right: SeriesMatrix,
  pace: Pace,
): Promise<SeriesMatrix> {
  const signatures = await matchSignatures(left, right, plan.matching, pace);
  if (plan.op === "or") {
    const present = await presence(left, signatures.left, signatures.count, pace);
    await filterCells(right, signatures.right, present, false, pace);
    return mergeEqualRows(concatenate(left, await dropEmptyRows(right, pace)), pace);
  }
  const present = await presence(right, signatures.right, signatures.count, pace);
  await filterCells(left, signatures.left, present, plan.op === "and", pace);
  return dropEmptyRows(left, pace);
}

/** Per signature and step whether any row has a sample. */
async function presence(
  matrix: SeriesMatrix,
  ordinals: Int32Array,
  count: number,
  pace: Pace,
): Promise<Uint8Array> {
  const steps = matrix.grid.count;
  const present = new Uint8Array(count * steps);
  await inRowSlices(ordinals.length, steps, pace, (from, to) => {
    for (let row = from; row < to; row++) {
      const first = ordinals[row]! * steps;
      for (let step = 0; step < steps; step++) {
        if (matrix.kinds[row * steps + step] !== ABSENT) present[first + step] = 1;
      }
    }
  });
  return present;
}

/** Keeps the cells whose signature is present (or is not, by `wanted`) at their step. */
async function filterCells(
  matrix: SeriesMatrix,
  ordinals: Int32Array,
  present: Uint8Array,
  wanted: boolean,
  pace: Pace,
): Promise<void> {
  const steps = matrix.grid.count;
  await inRowSlices(ordinals.length, steps, pace, (from, to) => {
    for (let row = from; row < to; row++) {
      const first = ordinals[row]! * steps;
      for (let step = 0; step < steps; step++) {
        const isPresent = present[first + step] === 1;
        if (isPresent !== wanted) matrix.kinds[row * steps + step] = ABSENT;
      }
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
