/**
 * What a binary operator does to two samples: floats, native histograms, or one of each. Floats go
 * through plain functions that loops pick once; the rest through `operateOnHistograms`.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { addHistograms } from "#model/histogram/add-histograms.ts";
import { compactHistogram } from "#model/histogram/compact-histogram.ts";
import { equalHistograms } from "#model/histogram/equal-histograms.ts";
import {
  ADD_BOUNDS_RECONCILED,
  ADD_RESETS_COLLIDE,
} from "#model/histogram/histogram-accumulator.ts";
import { divideHistogram, multiplyHistogram } from "#model/histogram/scale-histogram.ts";
import { trimHistogram } from "#model/histogram/trim-histogram.ts";
import type { Annotations, TextRange } from "../annotations.ts";
import * as findings from "../findings.ts";
import type { ArithmeticOp, ComparisonOp } from "../parse/ast.ts";
import type { ElementOp } from "../plan/plan-node.ts";

export type FloatOp = (left: number, right: number) => number;
export type FloatTest = (left: number, right: number) => boolean;

const ARITHMETIC: Readonly<Record<ArithmeticOp, FloatOp>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "%": (left, right) => left % right,
  "^": power,
  atan2: Math.atan2,
};

const COMPARISONS: Readonly<Record<ComparisonOp, FloatTest>> = {
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  ">": (left, right) => left > right,
  "<": (left, right) => left < right,
  ">=": (left, right) => left >= right,
  "<=": (left, right) => left <= right,
};

/** The operator's arithmetic on floats; null for comparisons and trims. */
export function arithmeticOf(op: ElementOp): FloatOp | null {
  return Object.hasOwn(ARITHMETIC, op) ? ARITHMETIC[op as ArithmeticOp] : null;
}

/** The operator's test of floats; null unless it is a comparison. */
export function comparisonOf(op: ElementOp): FloatTest | null {
  return Object.hasOwn(COMPARISONS, op) ? COMPARISONS[op as ComparisonOp] : null;
}

/** IEEE 754 pow: 1 to any power and -1 to an infinite one are 1, where `**` gives NaN. */
function power(base: number, exponent: number): number {
  if (base === 1) return 1;
  if (base === -1 && (exponent === Infinity || exponent === -Infinity)) return 1;
  return base ** exponent;
}

/** Result of an operation with at least one histogram. */
export interface ElementResult {
  /** False when a comparison does not hold. */
  readonly keep: boolean;
  readonly value: number;
  readonly histogram: FloatHistogram | null;
}

export interface ElementPlace {
  readonly op: ElementOp;
  readonly range: TextRange;
  readonly annotations: Annotations;
}

/** Null, with a finding, when the operator is not defined for these types. */
export function operateOnHistograms(
  place: ElementPlace,
  left: number,
  leftHistogram: FloatHistogram | null,
  right: number,
  rightHistogram: FloatHistogram | null,
): ElementResult | null {
  const { op } = place;
  if (leftHistogram !== null && rightHistogram !== null) {
    return operateOnTwo(place, leftHistogram, rightHistogram);
  }
  if (leftHistogram === null && rightHistogram !== null && op === "*") {
    return kept(compactHistogram(multiplyHistogram(rightHistogram, left)));
  }
  if (leftHistogram !== null && rightHistogram === null) {
    switch (op) {
      case "*":
        return kept(compactHistogram(multiplyHistogram(leftHistogram, right)));
      case "/":
        return kept(compactHistogram(divideHistogram(leftHistogram, right)));
      case "</":
        return kept(trimHistogram(leftHistogram, right, "keep-below"));
      case ">/":
        return kept(trimHistogram(leftHistogram, right, "keep-above"));
      default:
    }
  }
  noteTypes(place, leftHistogram !== null, rightHistogram !== null);
  return null;
}

/** The finding for operands the operator is not defined for. */
export function noteTypes(
  { op, range, annotations }: ElementPlace,
  leftIsHistogram: boolean,
  rightIsHistogram: boolean,
): void {
  const name = (isHistogram: boolean): string => (isHistogram ? "histogram" : "float");
  const text = findings.incompatibleTypes(name(leftIsHistogram), op, name(rightIsHistogram));
  annotations.info(text, range);
}

function operateOnTwo(
  place: ElementPlace,
  left: FloatHistogram,
  right: FloatHistogram,
): ElementResult | null {
  const { op, annotations, range } = place;
  if (op === "==" || op === "!=") {
    const keep = equalHistograms(left, right) === (op === "==");
    return { keep, value: 0, histogram: left };
  }
  if (op !== "+" && op !== "-") {
    noteTypes(place, true, true);
    return null;
  }
  const operation = op === "+" ? "addition" : "subtraction";
  const added = addHistograms(left, right, op === "+" ? 1 : -1);
  if (added === null) {
    annotations.warn(findings.incompatibleBuckets(op), range);
    return null;
  }
  if ((added.outcome & ADD_RESETS_COLLIDE) !== 0) {
    annotations.warn(findings.counterResetCollision(operation), range);
    return null;
  }
  if ((added.outcome & ADD_BOUNDS_RECONCILED) !== 0) {
    annotations.info(findings.boundsReconciled(operation), range);
  }
  const sum = compactHistogram(added.histogram);
  return kept(op === "+" ? sum : { ...sum, counterResetHint: "gauge" });
}

function kept(histogram: FloatHistogram): ElementResult {
  return { keep: true, value: 0, histogram };
}
