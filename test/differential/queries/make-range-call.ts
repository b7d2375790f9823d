/**
 * Calls of functions over range vectors: rates of counters, folds over time, regressions. Counter
 * functions get counters as a rule and anything now and then.
 */
import type { Family } from "../data/data-set.ts";
import { makeRangeVector } from "./make-range-vector.ts";
import { makeQuantile, makeScalar } from "./make-scalar.ts";
import { contentOf } from "./make-selector.ts";
import type { RangeTerm } from "./make-selector.ts";
import type { Scope } from "./scope.ts";
import { deeper } from "./scope.ts";
import type { Content, VectorTerm } from "./vector-term.ts";

const COUNTER_CALLS = ["rate", "rate", "increase", "irate", "resets"];
const GAUGE_CALLS = ["delta", "idelta", "deriv", "predict_linear", "changes"];
const FOLD_CALLS = [
  "avg_over_time",
  "min_over_time",
  "max_over_time",
  "sum_over_time",
  "count_over_time",
  "last_over_time",
  "present_over_time",
  "stddev_over_time",
  "stdvar_over_time",
  "quantile_over_time",
  "first_over_time",
  "mad_over_time",
  "ts_of_first_over_time",
  "ts_of_last_over_time",
  "ts_of_max_over_time",
  "ts_of_min_over_time",
  "double_exponential_smoothing",
];
/** Calls that make histograms out of histograms. */
const KEEPS_HISTOGRAMS = new Set([
  ...["rate", "increase", "delta", "irate", "idelta"],
  ...["avg_over_time", "sum_over_time", "last_over_time", "first_over_time"],
]);
const ANCHORED = new Set(["resets", "changes", "rate", "increase", "delta"]);
const SMOOTHED = new Set(["rate", "increase", "delta"]);
const IS_ROUGH = new Set([
  ...["deriv", "predict_linear", "avg_over_time", "sum_over_time", "stddev_over_time"],
  ...["stdvar_over_time", "double_exponential_smoothing"],
]);
/** What they do depends on which values are equal, or which is larger. */
const IS_STEEP = new Set([
  ...COUNTER_CALLS,
  ...["changes", "ts_of_max_over_time", "ts_of_min_over_time"],
]);
/** Differences, which of gauges may be negative; also of those asked as if they were counters. */
const MAKES_SIGNED = new Set(["rate", "increase", "delta", "irate", "idelta"]);
const KEEPS_NAME = new Set(["last_over_time", "first_over_time"]);

const isCounter = ({ kind }: Family): boolean => kind === "counter" || kind === "bucket";
const isFloat = (family: Family): boolean => contentOf(family) === "float";
const isNative = (family: Family): boolean => contentOf(family) !== "float";

export interface RangeCallWish {
  readonly content: Content;
}

export function makeRangeCall(scope: Scope, wish: RangeCallWish): VectorTerm {
  const { dice, language } = scope;
  const known = (name: string): boolean => language.functions.has(name);
  if (wish.content === "histogram") {
    const name = dice.pick([...KEEPS_HISTOGRAMS].filter(known));
    const edges = makeEdges(scope, name);
    const isGauge = MAKES_SIGNED.has(name);
    return callOf(scope, name, makeRangeVector(scope, { isWanted: isNative, ...edges }), isGauge);
  }
  const name = dice.pick(
    dice.pick([COUNTER_CALLS, GAUGE_CALLS, FOLD_CALLS, FOLD_CALLS]).filter(known),
  );
  const isOfCounter = COUNTER_CALLS.includes(name) && dice.chance(0.9);
  const edges = makeEdges(scope, name);
  const isWanted = isOfCounter ? isCounter : dice.chance(0.1) ? () => true : isFloat;
  const range = makeRangeVector(scope, { isWanted, ...edges });
  return callOf(scope, range.isRough && IS_STEEP.has(name) ? "max_over_time" : name, range, false);
}

function makeEdges({ dice, language }: Scope, name: string): { readonly edges?: string } {
  if (!language.isNewest || !dice.chance(0.12)) return {};
  if (ANCHORED.has(name) && dice.chance(0.5)) return { edges: " anchored" };
  return SMOOTHED.has(name) ? { edges: " smoothed" } : {};
}

function callOf(scope: Scope, name: string, range: RangeTerm, isSigned: boolean): VectorTerm {
  const { labels, extras } = range;
  const isSame = range.content !== "float" && KEEPS_HISTOGRAMS.has(name);
  return {
    text: textOf(scope, name, range.text),
    isTight: true,
    labels: labels.filter((label) => label !== "__name__"),
    extras,
    hasManyNames: KEEPS_NAME.has(name) && labels.includes("__name__"),
    content: isSame ? range.content : "float",
    isRough: range.isRough || IS_ROUGH.has(name),
    isSigned: isSigned || range.isSigned === true,
  };
}

function textOf(scope: Scope, name: string, range: string): string {
  const inner = deeper(scope);
  switch (name) {
    case "quantile_over_time": {
      const isPlain = scope.dice.chance(0.9);
      return `${name}(${isPlain ? makeQuantile(scope) : makeScalar(inner)}, ${range})`;
    }
    case "predict_linear":
      return `${name}(${range}, ${scope.dice.pick(["60", "3600", "-30", makeScalar(inner)])})`;
    case "double_exponential_smoothing":
      return `${name}(${range}, ${scope.dice.pick(["0.5, 0.1", "0.3, 0.6", "0.9, 0.9"])})`;
    default:
      return `${name}(${range})`;
  }
}
