/** Range vectors: selectors with a range, and subqueries over any vector. */
import type { Family } from "../data/data-set.ts";
import { makeShift, makeSubqueryRange, makeSubqueryStep } from "./make-duration.ts";
import { makeRangeSelector, pickFamily } from "./make-selector.ts";
import type { RangeTerm } from "./make-selector.ts";
import type { Scope } from "./scope.ts";
import { deeper } from "./scope.ts";
import { operand } from "./vector-term.ts";
import type { VectorTerm } from "./vector-term.ts";

export interface RangeWish {
  readonly isWanted: (family: Family) => boolean;
  /** What may stand behind the range. */
  readonly edges?: string;
}

export function makeRangeVector(scope: Scope, wish: RangeWish): RangeTerm {
  const isSubquery = scope.depth > 0 && wish.edges === undefined && scope.dice.chance(0.2);
  if (!isSubquery) return makeRangeSelector(scope, pickFamily(scope, wish.isWanted), wish.edges);
  return makeSubquery(scope, (inner) => scope.makeVector(inner));
}

/** A subquery; what is inside is evaluated at whole seconds. */
export function makeSubquery(scope: Scope, make: (inner: Scope) => VectorTerm): RangeTerm {
  const shift = makeShift(scope);
  const term = make({ ...deeper(scope), phaseMs: 0 });
  const range = makeSubqueryRange({ ...scope, phaseMs: shift.phaseMs });
  const text = `${operand(term)}[${range}:${makeSubqueryStep(scope)}]${shift.text}`;
  const { labels, extras, content, hasManyNames, isRough, isSigned = false } = term;
  const told = hasManyNames ? [...labels, "__name__"] : labels;
  return { text, labels: told, extras, content, isRough, isSigned };
}
