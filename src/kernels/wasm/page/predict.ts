/**
 * Chooses how whole numbers are predicted from those before them, by what the residuals would cost
 * as size classes. Long columns are judged by four windows.
 */
import {
  PREDICTOR_DELTA,
  PREDICTOR_DELTA2,
  PREDICTOR_FIRST,
  PREDICTOR_LINE,
} from "../../layout/page-layout";
import { log2Of } from "./coded-symbols";
import { SCRATCH_HISTOGRAM, SCRATCH_WHOLES } from "./scratch";
import { zigzag } from "./varint";

const WINDOWS: u32 = 4;
const WINDOW_SAMPLES: u32 = 64;
/** Sampled numbers that a median is taken of. */
const MEDIAN_SAMPLES: u32 = 31;

/** The choice: predictor, and where its residuals centre, unscaled. */
export let chosenPredictor: u32 = 0;
export let chosenCenter: i64 = 0;
/** Step of `PREDICTOR_LINE`. */
export let chosenSlope: i64 = 0;

let leastCost: u64 = 0;

/** The whole numbers of `count` >= 2 samples; `withLine` when a steady clock made them. */
export function choosePredictor(count: u32, withLine: bool, scratch: usize): void {
  leastCost = u64.MAX_VALUE;
  const center = medianOf(PREDICTOR_DELTA, count, 0, scratch);
  judge(PREDICTOR_DELTA, count, 0, 0, scratch);
  if (center != 0) judge(PREDICTOR_DELTA, count, center, 0, scratch);
  judge(PREDICTOR_FIRST, count, medianOf(PREDICTOR_FIRST, count, 0, scratch), 0, scratch);
  if (count > 2) judge(PREDICTOR_DELTA2, count, 0, 0, scratch);
  if (withLine) {
    const slope = meanDelta(count, scratch + SCRATCH_WHOLES);
    judge(PREDICTOR_LINE, count, medianOf(PREDICTOR_LINE, count, slope, scratch), slope, scratch);
  }
}

/** Step of the line through both ends: the period of a clock, jitter at the ends or not. */
function meanDelta(count: u32, wholes: usize): i64 {
  const steps: i64 = count - 1;
  return (load<i64>(wholes + (<usize>steps << 3)) - load<i64>(wholes) + (steps >> 1)) / steps;
}

/** Residual of sample `i` >= 1 (2 for `PREDICTOR_DELTA2`). */
// @ts-ignore: decorator
@inline
export function residualOf(predictor: u32, wholes: usize, i: u32, slope: i64): i64 {
  const at = wholes + (<usize>i << 3);
  const whole = load<i64>(at);
  if (predictor == PREDICTOR_DELTA) return whole - load<i64>(at - 8);
  if (predictor == PREDICTOR_DELTA2) {
    return whole - load<i64>(at - 8) - (load<i64>(at - 8) - load<i64>(at - 16));
  }
  return whole - load<i64>(wholes) - slope * i;
}

function judge(predictor: u32, count: u32, center: i64, slope: i64, scratch: usize): void {
  const classes = scratch + SCRATCH_HISTOGRAM;
  memory.fill(classes, 0, 65 << 2);
  const wholes = scratch + SCRATCH_WHOLES;
  let judged: u32 = 0;
  if (count <= WINDOWS * WINDOW_SAMPLES) {
    judged = countClasses(predictor, wholes, 2, count, center, slope, classes);
  } else {
    for (let window: u32 = 0; window < WINDOWS; window++) {
      const from = 2 + ((count - WINDOW_SAMPLES - 2) * window) / (WINDOWS - 1);
      judged += countClasses(predictor, wholes, from, from + WINDOW_SAMPLES, center, slope, classes);
    }
  }
  let cost: u64 = 0;
  for (let size: u32 = 0; size <= 64; size++) {
    const seen = load<u32>(classes + (size << 2));
    if (seen != 0) cost += <u64>seen * ((size << 8) + log2Of(judged) - log2Of(seen));
  }
  if (cost < leastCost) {
    leastCost = cost;
    chosenPredictor = predictor;
    chosenCenter = center;
    chosenSlope = slope;
  }
}

function countClasses(
  predictor: u32,
  wholes: usize,
  from: u32,
  to: u32,
  center: i64,
  slope: i64,
  classes: usize,
): u32 {
  for (let i = from; i < to; i++) {
    const distance = zigzag(residualOf(predictor, wholes, i, slope) - center);
    const size = 64 - <u32>clz(distance);
    const at = classes + (size << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  return to > from ? to - from : 0;
}

/** Median of evenly spaced residuals. */
function medianOf(predictor: u32, count: u32, slope: i64, scratch: usize): i64 {
  const wholes = scratch + SCRATCH_WHOLES;
  const sorted = scratch + SCRATCH_HISTOGRAM;
  const samples = min<u32>(count - 1, MEDIAN_SAMPLES);
  for (let n: u32 = 0; n < samples; n++) {
    const i = 1 + ((count - 1) * n) / samples;
    const residual = residualOf(predictor, wholes, i, slope);
    let at = sorted + (<usize>n << 3);
    while (at > sorted && load<i64>(at - 8) > residual) {
      store<i64>(at, load<i64>(at - 8));
      at -= 8;
    }
    store<i64>(at, residual);
  }
  return load<i64>(sorted + (<usize>(samples >> 1) << 3));
}
