/**
 * Calls over instant vectors: mathematics, labels, dates, classic quantiles, absence, info metrics.
 * Functions that drop the name are not given series that only their names tell apart.
 */
import type { Family } from "../data/data-set.ts";
import { makeAggregation } from "./make-aggregation.ts";
import { makeRange } from "./make-duration.ts";
import { makeRangeCall } from "./make-range-call.ts";
import { makeRangeVector } from "./make-range-vector.ts";
import { makeNumber, makeQuantile, makeQuantiles, makeScalar } from "./make-scalar.ts";
import { makeSelector, pickFamily } from "./make-selector.ts";
import type { Scope } from "./scope.ts";
import { deeper } from "./scope.ts";
import { operand, remade } from "./vector-term.ts";
import type { VectorTerm } from "./vector-term.ts";

const EXACT = ["abs", "sqrt", "deg", "rad"];
/** Not for rough values: a step or a fast wave makes much of a last digit. */
const STEPS = ["ceil", "floor", "sgn", "sin", "cos", "tan", "sinh", "cosh", "exp"];
const CURVES = [
  ...["ln", "log2", "log10", "asin", "acos", "atan", "tanh", "asinh", "acosh", "atanh"],
];
const DATES = [
  ...["minute", "hour", "day_of_week", "day_of_month", "day_of_year", "days_in_month"],
  ...["month", "year"],
];

const isClock = ({ kind }: Family): boolean => kind === "clock";
const isBucket = ({ kind }: Family): boolean => kind === "bucket";
const isTargeted = ({ labels }: Family): boolean =>
  labels.includes("job") && labels.includes("instance");
const isText = ({ name }: Family): boolean => name.startsWith("text") || name === "temperature";

/** A vector of one name at most per label set. */
function plainVector(scope: Scope): VectorTerm {
  const term = scope.makeVector(deeper(scope));
  return term.hasManyNames
    ? makeSelector(
        scope,
        pickFamily(scope, () => true),
      )
    : term;
}

export function makeMathCall(scope: Scope): VectorTerm {
  const { dice } = scope;
  const term = plainVector(scope);
  const inner = deeper(scope);
  const steps = term.isRough ? [] : [...STEPS, "round"];
  const name = dice.pick([...CURVES, ...EXACT, ...steps, "clamp", "clamp_min", "clamp_max"]);
  const args = [term.text];
  if (name === "round" && dice.chance(0.7)) {
    args.push(dice.pick(["0.5", "10", "0.1", "3", makeScalar(inner)]));
  } else if (name === "clamp") args.push(dice.pick(["-1, 5", "0, 100", "10, 1", "-Inf, 3"]));
  else if (name.startsWith("clamp")) args.push(makeScalar(inner));
  const isRough = term.isRough || CURVES.includes(name) || STEPS.indexOf(name) > 2;
  return remade(term, `${name}(${args.join(", ")})`, { isRough });
}

export function makeTimeCall(scope: Scope): VectorTerm {
  const { dice } = scope;
  const isOf = dice.chance(0.75);
  const any = plainVector(scope);
  const isAny = dice.chance(0.2) && !any.isRough;
  const clock = isAny ? any : makeSelector(scope, pickFamily(scope, isClock));
  const choices: (() => VectorTerm)[] = [
    () => remade(clock, `${dice.pick(DATES)}(${clock.text})`),
    () => {
      const term = plainVector(scope);
      return remade(term, `timestamp(${term.text})`, { isRough: false });
    },
  ];
  if (!isOf) {
    choices.push(() => single(`${dice.pick(DATES)}()`));
    choices.push(() => single(`vector(${makeScalar(deeper(scope))})`));
  }
  return dice.pick(choices)();
}

export function makeAbsence(scope: Scope): VectorTerm {
  const { dice } = scope;
  if (dice.chance(0.5)) {
    const range = makeRange(scope);
    return single(
      dice.pick([
        `absent_over_time(no_such_metric{job="api", instance=~"a.*"}[${range}])`,
        `absent_over_time(${makeRangeVector(scope, { isWanted: () => true }).text})`,
      ]),
    );
  }
  return single(
    dice.pick([
      'absent(no_such_metric{job="api", job="web", zone="1"})',
      'absent({__name__=~"no_such.*", zone="1"})',
      `absent(${plainVector(scope).text})`,
    ]),
  );
}

export function makeLabelCall(scope: Scope): VectorTerm {
  const { dice } = scope;
  const term = dice.chance(0.4)
    ? makeSelector(scope, pickFamily(scope, isText))
    : plainVector(scope);
  const source = dice.pick(term.labels.length > 0 ? [...term.labels] : ["zone"]);
  const target = dice.chance(0.8) ? dice.pick(["copy", "dst_2"]) : source;
  const isNew = target !== source;
  const labels = term.labels;
  const extras = isNew ? [...new Set([...term.extras, target])] : term.extras;
  if (dice.chance(0.3)) {
    const sources = dice.shuffled([...term.labels, "no_such_label"]).slice(0, 3);
    const parts = [term.text, '"copy"', dice.pick(['"-"', '""', '", "'])];
    const list = [...parts, ...sources.map((name) => JSON.stringify(name))].join(", ");
    const joined = [...new Set([...term.extras, "copy"])];
    return { ...term, text: `label_join(${list})`, isTight: true, extras: joined };
  }
  const [replacement, pattern] = isNew
    ? dice.pick(REPLACEMENTS)
    : dice.pick([["x-$1", "(.*)"] as const, ["$0", "nothing matches"] as const]);
  const args = [
    term.text,
    ...[target, replacement, source, pattern].map((one) => JSON.stringify(one)),
  ];
  return { ...term, text: `label_replace(${args.join(", ")})`, isTight: true, labels, extras };
}

const REPLACEMENTS: readonly (readonly [replacement: string, pattern: string])[] = [
  ["$1", "(.*)"],
  ["$1-$2", "([a-z]+):?(\\d*)"],
  ["${first}_x", "(?P<first>.).*"],
  ["fixed", ".*"],
  ["fixed", ""],
  ["", ".+"],
  ["$1$3", "(a|b|1)(.*)"],
  ["$$1", "(?i)A.*"],
  ["port-$2", "(\\w+):(90+)"],
  ["$1x", "(.+)"],
];

export function makeClassicQuantile(scope: Scope): VectorTerm {
  const { dice } = scope;
  const buckets = pickFamily(scope, isBucket);
  const labels = buckets.labels.filter((label) => label !== "le");
  const kept = labels.filter(() => dice.chance(0.5));
  const source = dice.chance(0.7)
    ? `rate(${buckets.name}[${makeRange(scope)}])`
    : makeSelector(scope, buckets).text;
  const isGrouped = dice.chance(0.6);
  const over = isGrouped ? `sum by (${[...kept, "le"].join(", ")}) (${source})` : source;
  const phi = dice.chance(0.93) ? makeQuantile(scope) : makeScalar(deeper(scope));
  const term = { ...single(""), labels: isGrouped ? kept : labels, isRough: true };
  if (scope.language.functions.has("histogram_fraction") && dice.chance(0.25)) {
    const bounds = dice.pick(["0, 1", "-Inf, 0.5", "0.2, 3", "1, +Inf", "2, 1"]);
    return { ...term, text: `histogram_fraction(${bounds}, ${over})` };
  }
  if (scope.language.functions.has("histogram_quantiles") && dice.chance(0.2)) {
    const text = `histogram_quantiles(${over}, "q", ${makeQuantiles(scope)})`;
    return { ...term, text, labels: [...term.labels, "q"] };
  }
  return { ...term, text: `histogram_quantile(${phi}, ${over})` };
}

/** `info`, which adds labels. */
export function makeInfoCall(scope: Scope): VectorTerm {
  const { dice, language } = scope;
  if (!language.functions.has("info")) return makeMathCall(scope);
  const family = pickFamily(scope, isTargeted);
  const term = dice.chance(0.5)
    ? makeSelector(scope, family)
    : makeRangeCall(scope, { content: "float" });
  const hasTarget = term.labels.includes("job") && term.labels.includes("instance");
  if (!hasTarget) return term;
  const filter = dice.pick([
    "",
    ', {version=~"1.+"}',
    ', {version=~".+"}',
    ', {__name__="build_info"}',
  ]);
  const extras = [...new Set([...term.extras, "version"])];
  return { ...term, text: `info(${operand(term)}${filter})`, isTight: true, extras };
}

/** Of a vector, or of a number: an aggregation down to one series without labels. */
export function makeScalarVector(scope: Scope): VectorTerm {
  const { dice } = scope;
  if (dice.chance(0.5)) return makeAggregation(scope, { by: [] });
  return single(`vector(${makeNumber(scope)})`);
}

function single(text: string): VectorTerm {
  const plain = { hasManyNames: false, content: "float", isRough: false } as const;
  return { text, isTight: true, labels: [], extras: [], ...plain };
}
