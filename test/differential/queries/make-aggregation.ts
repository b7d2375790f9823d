/**
 * Aggregations over any vector: all operators, `by` and `without` before and after the arguments,
 * parameters that vary from step to step. Asked for certain labels, it makes exactly those.
 */
import { makeNumber, makeQuantile, makeScalar } from "./make-scalar.ts";
import type { Scope } from "./scope.ts";
import { deeper } from "./scope.ts";
import type { Content, VectorTerm } from "./vector-term.ts";

const PLAIN = ["sum", "sum", "avg", "count", "min", "max", "stddev", "stdvar", "group"];
const KEEPS_HISTOGRAMS = new Set(["sum", "avg"]);
const IS_ROUGH = new Set(["sum", "avg", "stddev", "stdvar"]);
const IS_COUNT = new Set(["count", "group", "count_values"]);
/** What they do depends on which values are equal, or which is larger. */
const IS_STEEP = new Set(["count_values", "topk", "bottomk"]);
/** They hand series through as they are. */
const PICKS = new Set(["topk", "bottomk", "limitk", "limit_ratio"]);

export interface AggregationWish {
  /** Group by exactly these labels. */
  readonly by?: readonly string[];
  /** What to aggregate; anything when absent. */
  readonly over?: VectorTerm;
  readonly content?: Content;
}

export function makeAggregation(scope: Scope, wish: AggregationWish): VectorTerm {
  const { dice, language } = scope;
  const term = wish.over ?? scope.makeVector(deeper(scope));
  const all = (wish.by === undefined ? [...language.aggregations] : PLAIN).filter(
    (op) => !(term.isRough && IS_STEEP.has(op)) && (op !== "limitk" || isInOrder(term)),
  );
  const choices = wish.content === "histogram" ? [...KEEPS_HISTOGRAMS] : all;
  const op = dice.pick(dice.chance(0.4) && wish.content !== "histogram" ? PLAIN : choices);
  if (wish.by !== undefined) return grouped(scope, op, term, { by: wish.by });
  const grouping = makeGrouping(scope, term);
  return PICKS.has(op) ? picked(scope, op, term, grouping) : grouped(scope, op, term, grouping);
}

/**
 * Selectors and range functions of them keep the order of storage. All else comes in any order, so
 * which of its series are the first, or of equal ones the best, is open; and all NaN are equal.
 */
function isInOrder(term: VectorTerm): boolean {
  const text = term.text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
  const isOne = /^[^()]*$|^[a-z_]+\([^()]*\[[^()]*\)$/.test(text);
  return isOne && !text.includes("NaN") && !OPERATOR.test(text);
}

const OPERATOR = / (?:or|and|unless|atan2|[-+*/%^]|[=!<>]=|[<>])(?: |\/)/;

interface Grouping {
  readonly by?: readonly string[];
  readonly without?: readonly string[];
}

function makeGrouping({ dice }: Scope, term: VectorTerm): Grouping {
  const some = dice.shuffled([...term.labels, ...term.extras]).filter(() => dice.chance(0.45));
  if (dice.chance(0.15)) return {};
  if (dice.chance(0.03)) some.push("no_such_label");
  return dice.chance(0.6) ? { by: some } : { without: some };
}

function grouped(scope: Scope, op: string, term: VectorTerm, grouping: Grouping): VectorTerm {
  const param = makeParam(scope, op, true);
  // Without grouping nothing remains; by() keeps what is listed; without() drops it.
  const { by = [], without } = grouping;
  const left = without === undefined ? by : term.labels.filter((label) => !without.includes(label));
  const labels = op === "count_values" ? [...left, "counted"] : left;
  return {
    text: aggregationText(scope, op, param, term, grouping),
    isTight: true,
    labels,
    extras: without === undefined ? [] : term.extras.filter((label) => !without.includes(label)),
    hasManyNames: false,
    content: KEEPS_HISTOGRAMS.has(op) ? term.content : "float",
    isRough: IS_ROUGH.has(op) || (term.isRough && !IS_COUNT.has(op)),
  };
}

function picked(scope: Scope, op: string, term: VectorTerm, grouping: Grouping): VectorTerm {
  const text = aggregationText(scope, op, makeParam(scope, op, isInOrder(term)), term, grouping);
  return { ...term, text, isTight: true };
}

function aggregationText(
  { dice }: Scope,
  op: string,
  param: string,
  term: VectorTerm,
  { by, without }: Grouping,
): string {
  const args = `(${param}${term.text})`;
  const list = by ?? without;
  if (list === undefined || (by?.length === 0 && dice.chance(0.5))) return op + args;
  const clause = `${by === undefined ? "without" : "by"} (${list.join(", ")})`;
  return dice.chance(0.7) ? `${op} ${clause} ${args}` : `${op}${args} ${clause}`;
}

/** The first argument with its comma, or nothing. */
function makeParam(scope: Scope, op: string, isOpen: boolean): string {
  const { dice } = scope;
  switch (op) {
    case "topk":
    case "bottomk":
    case "limitk":
      if (!isOpen) return `${dice.pick(["0", "100", "1000"])}, `;
      return `${dice.chance(0.9) ? dice.pick(["1", "2", "3", "5", "0", "50"]) : makeNumber(scope)}, `;
    case "limit_ratio":
      return `${dice.pick(["0.5", "-0.5", "0.2", "-0.8", "1", "0", "2"])}, `;
    case "quantile":
      return `${dice.chance(0.92) ? makeQuantile(scope) : makeScalar(deeper(scope))}, `;
    case "count_values":
      return `"counted", `;
    default:
      return "";
  }
}
