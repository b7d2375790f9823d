/** Range functions by name. Scalars are read from `window.scalars` in the order written. */
import { avgOverTime } from "./range/avg-over-time.ts";
import { changes, resets } from "./range/changes-and-resets.ts";
import { doubleExponentialSmoothing } from "./range/double-exponential-smoothing.ts";
import {
  maxOverTime,
  minOverTime,
  tsOfMaxOverTime,
  tsOfMinOverTime,
} from "./range/extremes-over-time.ts";
import { idelta, irate } from "./range/instant-delta.ts";
import { deriv, predictLinear } from "./range/linear-regression.ts";
import { madOverTime, quantileOverTime } from "./range/quantile-over-time.ts";
import { delta, increase, rate } from "./range/rate.ts";
import {
  countOverTime,
  firstOverTime,
  lastOverTime,
  presentOverTime,
  tsOfFirstOverTime,
  tsOfLastOverTime,
} from "./range/sample-picks.ts";
import { sumOverTime } from "./range/sum-over-time.ts";
import { stddevOverTime, stdvarOverTime } from "./range/variance-over-time.ts";
import type { RangeFunction } from "./range-window.ts";

export const RANGE_FUNCTIONS: ReadonlyMap<string, RangeFunction> = new Map<string, RangeFunction>([
  // Presence is all it needs; the call turns it around afterwards.
  ["absent_over_time", presentOverTime],
  ["avg_over_time", avgOverTime],
  ["changes", changes],
  ["count_over_time", countOverTime],
  ["delta", delta],
  ["deriv", deriv],
  ["double_exponential_smoothing", doubleExponentialSmoothing],
  ["first_over_time", firstOverTime],
  ["idelta", idelta],
  ["increase", increase],
  ["irate", irate],
  ["last_over_time", lastOverTime],
  ["mad_over_time", madOverTime],
  ["max_over_time", maxOverTime],
  ["min_over_time", minOverTime],
  ["predict_linear", predictLinear],
  ["present_over_time", presentOverTime],
  ["quantile_over_time", quantileOverTime],
  ["rate", rate],
  ["resets", resets],
  ["stddev_over_time", stddevOverTime],
  ["stdvar_over_time", stdvarOverTime],
  ["sum_over_time", sumOverTime],
  ["ts_of_first_over_time", tsOfFirstOverTime],
  ["ts_of_last_over_time", tsOfLastOverTime],
  ["ts_of_max_over_time", tsOfMaxOverTime],
  ["ts_of_min_over_time", tsOfMinOverTime],
]);
