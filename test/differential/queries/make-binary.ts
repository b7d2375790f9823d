/**
 * Operators between vectors and scalars and between vectors, with every shape of matching. The sides
 * are made for each other: labels of the one side are labels of the other, so that most joins find
 * partners and few are refused.
 */
import { makeAggregation } from "./make-aggregation.ts";
import { makeScalar } from "./make-scalar.ts";
import { makeSelector } from "./make-selector.ts";
import type { Scope } from "./scope.ts";
import { deeper } from "./scope.ts";
import { operand } from "./vector-term.ts";
import type { VectorTerm } from "./vector-term.ts";

const ARITHMETIC = ["+", "-", "*", "/", "%", "^", "atan2"];
/** Not steep: close operands give close results. */
const SMOOTH = ["+", "*", "/"];
const IS_ROUGH = new Set(["^", "atan2"]);
const COMPARISONS = ["==", "!=", ">", "<", ">=", "<="];
const SET_OPERATORS = ["and", "or", "unless"];
/** Functions that leave labels alone, to make a second vector of a first. */
const ALIKE = ["abs", "floor", "sgn", "ceil"];
const ALIKE_SMOOTH = ["abs", "rad"];

export function makeScalarOperation(scope: Scope): VectorTerm {
  const { dice } = scope;
  const term = scope.makeVector(deeper(scope));
  // Histograms times NaN or infinity show buckets that only the stored layout has.
  const isFloat = term.content === "float";
  const scalar = isFloat ? makeScalar(deeper(scope)) : dice.pick(["2", "0.5", "10"]);
  const isComparison = !term.isRough && dice.chance(0.35);
  const bool = isComparison && (dice.chance(0.5) || term.hasManyNames);
  const operators = isComparison ? COMPARISONS : arithmetic(term.isRough);
  const plain = dice.pick(operators);
  const operator = plain + (bool ? " bool" : "");
  const isLeft = dice.chance(0.7);
  // A chain of arithmetic with scalars is valid in whatever order precedence puts it.
  const isChained = !isComparison && dice.chance(0.3) && CHAIN.test(term.text);
  const vector = isChained ? term.text : operand(term);
  const text = isLeft ? `${vector} ${operator} ${scalar}` : `${scalar} ${operator} ${vector}`;
  const drops = !isComparison || bool;
  if (drops && term.hasManyNames) return term;
  const isRough = term.isRough || IS_ROUGH.has(plain);
  return { ...term, text, isTight: false, content: drops ? "float" : term.content, isRough };
}

const CHAIN = /^[a-z_]+ [-+*/%^] [\d.]+$/;

export function makeNegation(scope: Scope): VectorTerm {
  const term = scope.makeVector(deeper(scope));
  if (term.hasManyNames) return term;
  return { ...term, text: `-${operand(term)}`, isTight: false };
}

/** One to one: the right side has the same labels as the left one. */
export function makePairing(scope: Scope): VectorTerm {
  const { dice } = scope;
  const left = unnamed(scope, scope.makeVector(deeper(scope)));
  const right = makeVectorWith(scope, left, left.labels);
  const isSteep = !left.isRough && !right.isRough;
  const { operator, isFilter, isRough } = makeOperator(scope, isSteep);
  const clause = makeMatching(scope, left, right);
  const fill = scope.language.isNewest && dice.chance(0.08) ? makeFill(scope, left, right) : "";
  const text = `${operand(left)} ${operator}${clause}${fill} ${operand(right)}`;
  const reduces = clause.startsWith(" on") && !isFilter;
  const extras = reduces ? [] : left.extras;
  return { ...left, text, isTight: false, extras, content: "float", isRough: isRough || !isSteep };
}

/** Many to one and one to many: the one side has fewer labels. */
export function makeGrouped(scope: Scope): VectorTerm {
  const { dice } = scope;
  const many = unnamed(scope, scope.makeVector(deeper(scope)));
  const shared = many.labels.filter(() => dice.chance(0.6));
  const one = makeOneSide(scope, many, shared);
  const isSteep = !many.isRough && !one.isRough;
  const { operator, isRough } = makeOperator(scope, isSteep);
  const dropped = many.labels.filter((label) => !shared.includes(label));
  // Labels only the one side has can be copied.
  const copied = one.extras.filter((label) => !many.labels.includes(label) && dice.chance(0.7));
  const isOn = one.extras.length > 0 || many.extras.length > 0 || dice.chance(0.6);
  const clause = isOn ? `on (${shared.join(", ")})` : `ignoring (${dropped.join(", ")})`;
  const isLeft = dice.chance(0.6);
  const group = `${isLeft ? "group_left" : "group_right"} (${copied.join(", ")})`;
  const [a, b] = isLeft ? [many, one] : [one, many];
  const text = `${operand(a)} ${operator} ${clause} ${group} ${operand(b)}`;
  const extras = [...new Set([...many.extras, ...copied])];
  return { ...many, text, isTight: false, extras, content: "float", isRough: isRough || !isSteep };
}

export function makeSetOperation(scope: Scope): VectorTerm {
  const { dice } = scope;
  const left = scope.makeVector(deeper(scope));
  const isAlike = dice.chance(0.6);
  const right = isAlike
    ? makeVectorWith(scope, left, left.labels)
    : scope.makeVector(deeper(scope));
  const shared = left.labels.filter((label) => right.labels.includes(label));
  const clause = dice.pick(["", ` on (${shared.join(", ")})`, " ignoring (code, area)"]);
  const operator = dice.pick(SET_OPERATORS);
  const text = `${operand(left)} ${operator}${clause} ${operand(right)}`;
  if (operator !== "or") return { ...left, text, isTight: false };
  return {
    text,
    isTight: false,
    labels: [...new Set([...left.labels, ...right.labels])],
    extras: [...new Set([...left.extras, ...right.extras])],
    hasManyNames: true,
    content: left.content === right.content ? left.content : "mixed",
    isRough: left.isRough || right.isRough,
  };
}

/** A vector whose series are told apart by `labels`, all of them labels of `like`. */
export function makeVectorWith(
  scope: Scope,
  like: VectorTerm,
  labels: readonly string[],
): VectorTerm {
  const { dice, data } = scope;
  const fitting = data.families.filter(
    ({ labels: own, kind }) =>
      kind !== "odd" && labels.every((label) => own.includes(label)) && own.length > 0,
  );
  if (fitting.length === 0 || labels.length === 0 || dice.chance(0.2)) {
    if (labels.length === like.labels.length && !like.hasManyNames && like.content === "float") {
      return {
        ...like,
        text: `${dice.pick(like.isRough ? ALIKE_SMOOTH : ALIKE)}(${like.text})`,
        isTight: true,
      };
    }
    return makeAggregation(scope, { by: labels, over: like });
  }
  const family = dice.pick(fitting);
  const over = makeSelector(scope, family);
  const isSame = family.labels.length === labels.length && over.content === "float";
  return isSame && dice.chance(0.6) ? over : makeAggregation(scope, { by: labels, over });
}

function makeOneSide(scope: Scope, many: VectorTerm, shared: readonly string[]): VectorTerm {
  const { dice, data } = scope;
  const info = data.families.find(({ kind }) => kind === "info");
  const isTarget = shared.length === 2 && shared.includes("job") && shared.includes("instance");
  if (info !== undefined && isTarget && dice.chance(0.5)) return makeSelector(scope, info);
  return makeVectorWith(scope, many, shared);
}

/** A vector that names do not tell apart. */
function unnamed(scope: Scope, term: VectorTerm): VectorTerm {
  if (!term.hasManyNames) return term;
  const by = term.labels.filter((label) => label !== "__name__" && scope.dice.chance(0.6));
  return makeAggregation(scope, { by, over: term });
}

interface Operator {
  readonly operator: string;
  readonly isFilter: boolean;
  readonly isRough: boolean;
}

function arithmetic(isRough: boolean): readonly string[] {
  return isRough ? SMOOTH : ARITHMETIC;
}

function makeOperator({ dice }: Scope, isSteep: boolean): Operator {
  if (!isSteep || dice.chance(0.7)) {
    const operator = dice.pick(arithmetic(!isSteep));
    return { operator, isFilter: false, isRough: IS_ROUGH.has(operator) };
  }
  const bool = dice.chance(0.5);
  const operator = dice.pick(COMPARISONS) + (bool ? " bool" : "");
  return { operator, isFilter: !bool, isRough: false };
}

function makeMatching({ dice }: Scope, left: VectorTerm, right: VectorTerm): string {
  // A join on too few labels is refused, by both sides alike.
  if (dice.chance(0.05)) return ` on (${left.labels.slice(1).join(", ")})`;
  const hasExtras = left.extras.length > 0 || right.extras.length > 0;
  const on = ` on (${left.labels.join(", ")})`;
  if (hasExtras) return on;
  const comma = left.labels.length > 0 ? "," : "";
  const onComma = ` on (${left.labels.join(", ")}${comma})`;
  return dice.pick(["", "", on, " ignoring (no_such_label)", onComma]);
}

function makeFill({ dice }: Scope, left: VectorTerm, right: VectorTerm): string {
  const isFloat = left.content === "float" && right.content === "float";
  const odd = isFloat ? [" fill (NaN)"] : [];
  return dice.pick([" fill (0)", " fill_left (1)", " fill_right (-2)", ...odd]);
}
