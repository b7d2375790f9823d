/**
 * Chooses how whole numbers are predicted. Twin of `wasm/page/predict.ts`: the same candidates
 * in the same order, judged by the same whole-number costs.
 */
import {
  PREDICTOR_DELTA,
  PREDICTOR_DELTA2,
  PREDICTOR_FIRST,
  PREDICTOR_LINE,
} from "../layout/page-layout.ts";
import { signed, widthOf, zigzag } from "./bits64.ts";
import { log2Of } from "./coded-symbols.ts";

const WINDOWS = 4;
const WINDOW_SAMPLES = 64;
const MEDIAN_SAMPLES = 31;

export interface Prediction {
  readonly predictor: number;
  /** Where residuals centre, unscaled. */
  readonly center: bigint;
  /** Step of `PREDICTOR_LINE`. */
  readonly slope: bigint;
}

export function choosePredictor(wholes: readonly bigint[], withLine: boolean): Prediction {
  const middle = medianOf(wholes, PREDICTOR_DELTA, 0n);
  const candidates: Prediction[] = [{ predictor: PREDICTOR_DELTA, center: 0n, slope: 0n }];
  if (middle !== 0n) candidates.push({ predictor: PREDICTOR_DELTA, center: middle, slope: 0n });
  const center = medianOf(wholes, PREDICTOR_FIRST, 0n);
  candidates.push({ predictor: PREDICTOR_FIRST, center, slope: 0n });
  if (wholes.length > 2) candidates.push({ predictor: PREDICTOR_DELTA2, center: 0n, slope: 0n });
  if (withLine) {
    const steps = BigInt(wholes.length - 1);
    const slope = (wholes.at(-1)! - wholes[0]! + steps / 2n) / steps;
    const lineCenter = medianOf(wholes, PREDICTOR_LINE, slope);
    candidates.push({ predictor: PREDICTOR_LINE, center: lineCenter, slope });
  }
  let best = candidates[0]!;
  let least = Infinity;
  for (const candidate of candidates) {
    const cost = costOf(wholes, candidate);
    if (cost < least) {
      least = cost;
      best = candidate;
    }
  }
  return best;
}

export function residualOf(
  wholes: readonly bigint[],
  predictor: number,
  i: number,
  slope: bigint,
): bigint {
  const delta = (at: number): bigint => wholes[at]! - wholes[at - 1]!;
  if (predictor === PREDICTOR_DELTA) return signed(delta(i));
  if (predictor === PREDICTOR_DELTA2) return signed(delta(i) - delta(i - 1));
  return signed(wholes[i]! - wholes[0]! - slope * BigInt(i));
}

function costOf(wholes: readonly bigint[], { predictor, center, slope }: Prediction): number {
  const count = wholes.length;
  const classes = new Uint32Array(65);
  const countClasses = (from: number, to: number): number => {
    for (let i = from; i < to; i++) {
      const residual = residualOf(wholes, predictor, i, slope);
      const size = widthOf(zigzag(signed(residual - center)));
      classes[size] = classes[size]! + 1;
    }
    return Math.max(0, to - from);
  };
  let judged = 0;
  if (count <= WINDOWS * WINDOW_SAMPLES) judged = countClasses(2, count);
  else {
    for (let window = 0; window < WINDOWS; window++) {
      const from = 2 + Math.floor(((count - WINDOW_SAMPLES - 2) * window) / (WINDOWS - 1));
      judged += countClasses(from, from + WINDOW_SAMPLES);
    }
  }
  let cost = 0;
  for (const [size, seen] of classes.entries()) {
    if (seen > 0) cost += seen * (size * 256 + log2Of(judged) - log2Of(seen));
  }
  return cost;
}

function medianOf(wholes: readonly bigint[], predictor: number, slope: bigint): bigint {
  const samples = Math.min(wholes.length - 1, MEDIAN_SAMPLES);
  const residuals = Array.from({ length: samples }, (_, n) =>
    residualOf(wholes, predictor, 1 + Math.floor(((wholes.length - 1) * n) / samples), slope),
  );
  residuals.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return residuals[samples >> 1]!;
}
