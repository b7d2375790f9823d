/**
 * One binary operator applied to cells of a many and a one side. Floats take a path without
 * allocation: the result waits inside until `write`. Used by `binary-vectors.ts`.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import type { MatrixBuilder } from "../columns/matrix-builder.ts";
import { HISTOGRAM, type SeriesMatrix } from "../columns/series-matrix.ts";
import type { BinaryVectorsPlan } from "../plan/plan-node.ts";
import {
  arithmeticOf,
  comparisonOf,
  type ElementPlace,
  type FloatOp,
  type FloatTest,
  noteTypes,
  operateOnHistograms,
} from "./element-ops.ts";
import type { EvalContext } from "./eval-context.ts";

export interface PairSides {
  /** The one side is on the left of the operator. */
  readonly swapped: boolean;
  readonly fillMany: number;
  readonly fillOne: number;
}

export class PairOperation {
  /** The result is no longer the metric of the many side. */
  readonly dropsNameNow: boolean;
  /** The name goes when the query is complete. */
  readonly dropsName: boolean;
  readonly #many: SeriesMatrix;
  readonly #one: SeriesMatrix;
  readonly #builder: MatrixBuilder;
  readonly #sides: PairSides;
  readonly #returnBool: boolean;
  readonly #arithmetic: FloatOp | null;
  readonly #comparison: FloatTest | null;
  readonly #place: ElementPlace;
  #value = 0;
  #histogram: FloatHistogram | null = null;

  constructor(
    plan: BinaryVectorsPlan,
    context: EvalContext,
    many: SeriesMatrix,
    one: SeriesMatrix,
    builder: MatrixBuilder,
    sides: PairSides,
  ) {
    const { op, range, returnBool } = plan;
    this.#many = many;
    this.#one = one;
    this.#builder = builder;
    this.#sides = sides;
    this.#returnBool = returnBool;
    this.#arithmetic = arithmeticOf(op);
    this.#comparison = comparisonOf(op);
    this.#place = { op, range, annotations: context.annotations };
    this.dropsName = returnBool;
    this.dropsNameNow =
      this.#arithmetic !== null || (returnBool && !context.features.delayedNameRemoval);
  }

  /**
   * Computes the result for rows `many` and `one` (negative: the fill value) and remembers it for
   * `write`. False when there is nothing to write, null when the operator is not defined for them.
   */
  apply(many: number, one: number, step: number): boolean | null {
    const steps = this.#many.grid.count;
    const manyCell = many < 0 ? -1 : many * steps + step;
    const oneCell = one < 0 ? -1 : one * steps + step;
    const { fillMany, fillOne, swapped } = this.#sides;
    const manyValue = manyCell < 0 ? fillMany : this.#many.values[manyCell]!;
    const oneValue = oneCell < 0 ? fillOne : this.#one.values[oneCell]!;
    const left = swapped ? oneValue : manyValue;
    const right = swapped ? manyValue : oneValue;
    const manyHistogram = histogramOf(this.#many, manyCell);
    const oneHistogram = histogramOf(this.#one, oneCell);
    if (manyHistogram !== null || oneHistogram !== null) {
      return swapped
        ? this.#applyHistograms(left, oneHistogram, right, manyHistogram)
        : this.#applyHistograms(left, manyHistogram, right, oneHistogram);
    }
    this.#histogram = null;
    if (this.#arithmetic !== null) {
      this.#value = this.#arithmetic(left, right);
      return true;
    }
    if (this.#comparison === null) {
      noteTypes(this.#place, false, false);
      return null;
    }
    const holds = this.#comparison(left, right);
    this.#value = this.#returnBool ? Number(holds) : left;
    return holds || this.#returnBool;
  }

  /** Puts the result of the last `apply` into a cell of the output. */
  write(cell: number): void {
    if (this.#histogram === null) this.#builder.setFloat(cell, this.#value);
    else this.#builder.setHistogram(cell, this.#histogram);
  }

  #applyHistograms(
    left: number,
    leftHistogram: FloatHistogram | null,
    right: number,
    rightHistogram: FloatHistogram | null,
  ): boolean | null {
    const result = operateOnHistograms(this.#place, left, leftHistogram, right, rightHistogram);
    if (result === null) return null;
    this.#value = this.#returnBool ? Number(result.keep) : result.value;
    this.#histogram = this.#returnBool ? null : result.histogram;
    return result.keep || this.#returnBool;
  }
}

function histogramOf(matrix: SeriesMatrix, cell: number): FloatHistogram | null {
  return cell >= 0 && matrix.kinds[cell] === HISTOGRAM ? matrix.histograms![cell]! : null;
}
