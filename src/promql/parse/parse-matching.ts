/**
 * What may stand between a binary operator and its right side: bool, then on or ignoring, then
 * group_left or group_right, then the fill modifiers, each at most once and in this order. Whether
 * they make sense for the operands is the type check's business.
 */
import type { MatchCardinality, VectorMatching } from "./ast.ts";
import type { WrittenModifiers } from "./make-binary.ts";
import { GROUPING_OPEN, parseGrouping } from "./parse-grouping.ts";
import { startsExpression } from "./starts-expression.ts";
import type { ParseContext } from "./parse-context.ts";
import { parseSignedNumber } from "./signed-number.ts";

const NO_MATCHING: VectorMatching = Object.freeze({
  cardinality: "one-to-one",
  on: false,
  labels: [],
  include: [],
  fillLeft: null,
  fillRight: null,
});

const PLAIN: WrittenModifiers = Object.freeze({ returnBool: false, matching: NO_MATCHING });

export function parseMatching(context: ParseContext): WrittenModifiers {
  const { kind } = context.peek();
  if (kind !== "keyword") return PLAIN;
  const returnBool = context.accept("bool") !== null;
  const labels = parseLabels(context);
  const group = labels === null ? null : parseGroup(context);
  const fill = parseFill(context);
  const matching = Object.freeze({ ...NO_MATCHING, ...labels, ...group, ...fill });
  return { returnBool, matching };
}

function parseLabels(context: ParseContext): Pick<VectorMatching, "on" | "labels"> | null {
  const word = context.accept("on") ?? context.accept("ignoring");
  return word === null ? null : { on: word.word === "on", labels: parseGrouping(context) };
}

function parseGroup(context: ParseContext): Pick<VectorMatching, "cardinality" | "include"> | null {
  const word = context.accept("group_left") ?? context.accept("group_right");
  if (word === null) return null;
  const cardinality: MatchCardinality = word.word === "group_left" ? "many-to-one" : "one-to-many";
  if (context.sees("(")) return { cardinality, include: parseGrouping(context) };
  if (!startsExpression(context.peek())) context.failUnexpected(GROUPING_OPEN);
  return { cardinality, include: [] };
}

/** `fill` alone, or `fill_left` and `fill_right` in any order, each at most once. */
function parseFill(context: ParseContext): Partial<VectorMatching> | null {
  if (context.accept("fill") !== null) {
    const value = parseFillValue(context);
    return { fillLeft: value, fillRight: value };
  }
  const first = context.accept("fill_left") ?? context.accept("fill_right");
  if (first === null) return null;
  const firstValue = parseFillValue(context);
  const leftFirst = first.word === "fill_left";
  const second = context.accept(leftFirst ? "fill_right" : "fill_left");
  const secondValue = second === null ? null : parseFillValue(context);
  return leftFirst
    ? { fillLeft: firstValue, fillRight: secondValue }
    : { fillLeft: secondValue, fillRight: firstValue };
}

function parseFillValue(context: ParseContext): number {
  context.expect("(");
  const { value } = parseSignedNumber(context);
  context.expect(")");
  return value;
}
