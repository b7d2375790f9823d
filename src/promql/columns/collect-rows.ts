/**
 * Operators over series hand their rows on in chunks, so that a consumer that keeps none of them
 * never holds the whole matrix, and no array of it has to grow and move. `collectRows` is for those
 * that need the matrix: it is allocated once, when its size is known.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import type { Labels } from "#model/labels.ts";
import type { Budget } from "../budget.ts";
import type { Pace } from "../pace.ts";
import { CELL_BYTES } from "./row-list.ts";
import { emptyMatrix, type SeriesMatrix } from "./series-matrix.ts";
import type { StepGrid } from "./step-grid.ts";

/** Cells after which a chunk is handed on: a megabyte, which stays in the cache of a core. */
export const CHUNK_CELLS = 131_072;

export async function collectRows(
  chunks: AsyncIterable<SeriesMatrix>,
  grid: StepGrid,
  budget: Budget,
  pace: Pace,
): Promise<SeriesMatrix> {
  const parts: SeriesMatrix[] = [];
  for await (const chunk of chunks) {
    budget.holdBytes(chunk.kinds.length * CELL_BYTES);
    parts.push(chunk);
  }
  if (parts.length < 2) return parts[0] ?? emptyMatrix(grid);
  const cells = parts.reduce((sum, { kinds }) => sum + kinds.length, 0);
  budget.holdBytes(cells * CELL_BYTES);
  return concatenated(parts, cells, grid, pace);
}

async function concatenated(
  parts: readonly SeriesMatrix[],
  cells: number,
  grid: StepGrid,
  pace: Pace,
): Promise<SeriesMatrix> {
  const labels: Labels[] = [];
  const dropName: number[] = [];
  const kinds = new Uint8Array(cells);
  const values = new Float64Array(cells);
  const isMixed = parts.some(({ histograms }) => histograms !== null);
  const histograms: (FloatHistogram | null)[] = [];
  let at = 0;
  for (const part of parts) {
    for (let row = 0; row < part.labels.length; row++) {
      labels.push(part.labels[row]!);
      dropName.push(part.dropName[row]!);
    }
    kinds.set(part.kinds, at);
    values.set(part.values, at);
    for (let cell = 0; isMixed && cell < part.kinds.length; cell++) {
      histograms.push(part.histograms?.[cell] ?? null);
    }
    at += part.kinds.length;
    if (pace.spend(part.kinds.length)) await pace.pause();
  }
  const dropped = Uint8Array.from(dropName);
  const mixed = isMixed ? histograms : null;
  return { grid, labels, dropName: dropped, kinds, values, histograms: mixed, ordered: false };
}
