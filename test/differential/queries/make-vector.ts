/**
 * Any instant vector: what every operand and argument of that type is made by. The weights say how
 * often each kind comes up; depth bounds the whole.
 */
import { makeAggregation } from "./make-aggregation.ts";
import {
  makeGrouped,
  makeNegation,
  makePairing,
  makeScalarOperation,
  makeSetOperation,
} from "./make-binary.ts";
import {
  makeAbsence,
  makeClassicQuantile,
  makeInfoCall,
  makeLabelCall,
  makeMathCall,
  makeScalarVector,
  makeTimeCall,
} from "./make-call.ts";
import { makeOfHistograms } from "./make-native.ts";
import { makeRangeCall } from "./make-range-call.ts";
import { makeManyNames, makeSelector, pickFamily } from "./make-selector.ts";
import type { Scope } from "./scope.ts";
import { deeper } from "./scope.ts";
import type { VectorTerm } from "./vector-term.ts";

type Maker = (scope: Scope) => VectorTerm;

const WEIGHTED: readonly (readonly [weight: number, make: Maker])[] = [
  [16, makeLeaf],
  [22, (scope) => makeRangeCall(deeper(scope), { content: "float" })],
  [20, (scope) => makeAggregation(scope, {})],
  [12, makeScalarOperation],
  [2, makeNegation],
  [9, makePairing],
  [7, makeGrouped],
  [7, makeSetOperation],
  [10, makeMathCall],
  [5, makeTimeCall],
  [3, makeAbsence],
  [7, makeLabelCall],
  [7, makeClassicQuantile],
  [3, makeInfoCall],
  [2, makeScalarVector],
];

const TOTAL = WEIGHTED.reduce((sum, [weight]) => sum + weight, 0);
/** Share of histogram expressions where the data has histograms. */
const NATIVE_SHARE = 0.6;

export function makeVector(scope: Scope): VectorTerm {
  const { dice, data } = scope;
  if (data.profile === "native" && dice.chance(NATIVE_SHARE)) return makeOfHistograms(scope);
  if (scope.depth <= 0) return makeLeaf(scope);
  let draw = dice.below(TOTAL);
  for (const [weight, make] of WEIGHTED) {
    draw -= weight;
    if (draw < 0) return make(scope);
  }
  return makeLeaf(scope);
}

function makeLeaf(scope: Scope): VectorTerm {
  if (scope.dice.chance(0.04)) return makeManyNames(scope);
  return makeSelector(
    scope,
    pickFamily(scope, () => true),
  );
}
