/**
 * Expressions over native histograms, and what makes floats of them. Quantiles are asked only of
 * histograms without negative counts, equality only of computed ones: both would show how a store
 * lays out its chunks.
 */
import { makeAggregation } from "./make-aggregation.ts";
import { makeRangeCall } from "./make-range-call.ts";
import { makeQuantile, makeQuantiles } from "./make-scalar.ts";
import { contentOf, makeSelector, pickFamily } from "./make-selector.ts";
import type { Scope } from "./scope.ts";
import { deeper } from "./scope.ts";
import { operand, remade } from "./vector-term.ts";
import type { VectorTerm } from "./vector-term.ts";

const TO_FLOAT = [
  ...["histogram_count", "histogram_sum", "histogram_avg", "histogram_stddev"],
  "histogram_stdvar",
];

/** Of histograms with negative counts as well. */
const LINEAR = ["histogram_count", "histogram_sum", "histogram_avg"];

/** A vector of histograms. */
export function makeHistograms(scope: Scope): VectorTerm {
  const { dice } = scope;
  const plain = (): VectorTerm =>
    makeSelector(
      scope,
      pickFamily(scope, (family) => contentOf(family) !== "float"),
    );
  if (scope.depth <= 0) return plain();
  const inner = deeper(scope);
  const choices: (() => VectorTerm)[] = [
    plain,
    () => makeRangeCall(inner, { content: "histogram" }),
    () => makeRangeCall(inner, { content: "histogram" }),
    () => makeAggregation(inner, { over: makeHistograms(inner), content: "histogram" }),
    () => scaled(scope, makeHistograms(inner)),
    () => paired(scope, makeHistograms(inner)),
  ];
  return dice.pick(choices)();
}

/** A vector of floats made of histograms. */
export function makeOfHistograms(scope: Scope): VectorTerm {
  const { dice } = scope;
  const term = makeHistograms(scope);
  if (term.hasManyNames || dice.chance(0.15)) return term;
  if (term.isSigned === true)
    return remade(term, `${dice.pick(LINEAR)}(${term.text})`, { isRough: true });
  const bounds = dice.pick(["0, 1", "-Inf, 0.5", "0.2, 3", "1, +Inf", "-2, 2", "2, 1"]);
  const text = dice.pick([
    `${dice.pick(TO_FLOAT)}(${term.text})`,
    `${dice.pick(TO_FLOAT)}(${term.text})`,
    `histogram_quantile(${makeQuantile(scope)}, ${term.text})`,
    `histogram_quantile(${makeQuantile(scope)}, ${term.text})`,
    `histogram_fraction(${bounds}, ${term.text})`,
  ]);
  if (dice.chance(0.1)) {
    const quantiles = `histogram_quantiles(${term.text}, "q", ${makeQuantiles(scope)})`;
    return { ...remade(term, quantiles, { isRough: true }), labels: [...term.labels, "q"] };
  }
  return remade(term, text, { isRough: true });
}

function scaled({ dice }: Scope, term: VectorTerm): VectorTerm {
  const one = operand(term);
  const texts = [`${one} * 2`, `0.5 * ${one}`, `${one} / 4`, `-${one}`];
  if (term.isSigned !== true) {
    texts.push(`${one} </ ${dice.pick(["1", "0.3", "8"])}`);
    texts.push(`${one} >/ ${dice.pick(["1", "0.3", "-1"])}`);
  }
  const text = dice.pick(texts);
  const isSigned = term.isSigned === true || text.startsWith("-");
  return { ...term, text, isTight: false, isSigned };
}

function paired(scope: Scope, term: VectorTerm): VectorTerm {
  const { dice } = scope;
  const labels = term.labels.join(", ");
  const summed = makeAggregation(scope, { by: term.labels, over: term, content: "histogram" });
  const operator = dice.pick(["+", "+", "+", "-", "-", "==", "and", "and", "unless"]);
  const isComparison = operator === "==" || operator === "!=";
  // Stored histograms have buckets without observations, or have not, as chunks happen to be cut;
  // equality sees them, so it is asked of computed ones only.
  if (isComparison) {
    return { ...summed, text: `${summed.text} ${operator} ${summed.text}`, isTight: false };
  }
  const right = dice.chance(0.5) ? term : summed;
  const isSigned = term.isSigned === true || operator === "-";
  const clause = operator === "and" || operator === "unless" ? "" : ` on (${labels})`;
  const text = `${operand(term)} ${operator}${clause} ${operand(right)}`;
  return { ...term, text, isTight: false, extras: clause === "" ? term.extras : [], isSigned };
}
