/**
 * Arithmetic and comparison between two instant vectors. Rows are joined by signature; which rows
 * of a signature meet is decided per step, by presence. Each signature is worked off on its own,
 * pair of rows by pair of rows, so the common case (one row on each side) is one loop over columns.
 */
import { type Labels, labelsKey } from "#model/labels.ts";
import { HISTOGRAM_UNITS } from "../columns/cell-units.ts";
import { formatLabels } from "../columns/format-labels.ts";
import { MatrixBuilder } from "../columns/matrix-builder.ts";
import { inRowSlices } from "../columns/row-slices.ts";
import { ABSENT, type SeriesMatrix } from "../columns/series-matrix.ts";
import type { Pace } from "../pace.ts";
import type { BinaryVectorsPlan } from "../plan/plan-node.ts";
import { executionError } from "../query-errors.ts";
import type { EvalContext } from "./eval-context.ts";
import { matchGroupLabels, matchResultLabels } from "./match-result-labels.ts";
import { matchSignatures, rowsByOrdinal } from "./match-signatures.ts";
import { PairOperation } from "./pair-operation.ts";

/** No row: the partner is a fill value. */
const FILLED = -1;
/** Cost of the labels of a pair, in cells. */
const PAIR_UNITS = 64;

export class BinaryVectors {
  readonly #plan: BinaryVectorsPlan;
  readonly #context: EvalContext;
  /** Side of the many; for one-to-one the left one. */
  readonly #many: SeriesMatrix;
  readonly #one: SeriesMatrix;
  readonly #fillMany: number | null;
  readonly #fillOne: number | null;
  readonly #operation: PairOperation;
  readonly #builder: MatrixBuilder;
  readonly #steps: number;
  /** Steps at which a match is looked for at all. */
  #active: Uint8Array;
  /** There are histograms, so each step of a pair is work. */
  readonly #isCostly: boolean;
  /** Per step: a pair of the current signature has met (one-to-one). */
  readonly #met: Uint8Array;
  /** Per step: the current signature has a result, by its labels (one-to-many). */
  readonly #metAs: Map<string, Uint8Array> = new Map();

  constructor(
    plan: BinaryVectorsPlan,
    context: EvalContext,
    left: SeriesMatrix,
    right: SeriesMatrix,
  ) {
    const { matching } = plan;
    const swapped = matching.cardinality === "one-to-many";
    this.#plan = plan;
    this.#context = context;
    this.#many = swapped ? right : left;
    this.#one = swapped ? left : right;
    // With group_right too, the left value stands in for the many side: so Prometheus has it.
    this.#fillMany = matching.fillLeft;
    this.#fillOne = matching.fillRight;
    this.#steps = left.grid.count;
    this.#builder = new MatrixBuilder(left.grid, 0, context.budget);
    this.#operation = new PairOperation(plan, context, this.#many, this.#one, this.#builder, {
      swapped,
      fillMany: this.#fillMany ?? 0,
      fillOne: this.#fillOne ?? 0,
    });
    this.#active = new Uint8Array(this.#steps);
    this.#isCostly = left.histograms !== null || right.histograms !== null;
    this.#met = new Uint8Array(this.#steps);
  }

  async run(): Promise<SeriesMatrix> {
    const { pace } = this.#context;
    const { matching } = this.#plan;
    const isFilled = this.#fillMany !== null || this.#fillOne !== null;
    this.#active = await activeSteps(this.#many, this.#one, isFilled, pace);
    const signatures = await matchSignatures(this.#many, this.#one, matching, pace);
    const manyRows = rowsByOrdinal(signatures.left, signatures.count);
    const oneRows = rowsByOrdinal(signatures.right, signatures.count);
    for (let ordinal = 0; ordinal < signatures.count; ordinal++) {
      await this.#joinSignature(manyRows[ordinal]!, oneRows[ordinal]!);
    }
    return this.#builder.finish(pace, this.#many.ordered);
  }

  async #joinSignature(manyRows: readonly number[], oneRows: readonly number[]): Promise<void> {
    const { pace } = this.#context;
    if (oneRows.length > 1) this.#assertOneUnique(oneRows);
    this.#met.fill(0);
    this.#metAs.clear();
    for (const many of manyRows) {
      for (const one of oneRows) await this.#joinPair(many, one);
      if (this.#fillOne !== null) this.#joinUnmatched(many, oneRows);
      if (pace.spend(PAIR_UNITS + oneRows.length * this.#steps)) await pace.pause();
    }
    if (this.#fillMany === null) return;
    for (const one of oneRows) {
      this.#joinFilledMany(one);
      if (pace.spend(PAIR_UNITS + this.#steps)) await pace.pause();
    }
  }

  async #joinPair(many: number, one: number): Promise<void> {
    const { pace } = this.#context;
    const output = this.#output(many, one);
    for (let step = 0; step < this.#steps; step++) {
      if (this.#active[step] === 0) continue;
      if (this.#many.kinds[many * this.#steps + step] === ABSENT) continue;
      if (this.#one.kinds[one * this.#steps + step] === ABSENT) continue;
      this.#joinAt(output, many, one, step);
      if (this.#isCostly && pace.spend(HISTOGRAM_UNITS)) await pace.pause();
    }
  }

  /** The steps at which no row of the one side is present take the fill value. */
  #joinUnmatched(many: number, oneRows: readonly number[]): void {
    const output = this.#output(many, FILLED);
    for (let step = 0; step < this.#steps; step++) {
      if (this.#active[step] === 0) continue;
      if (this.#many.kinds[many * this.#steps + step] === ABSENT) continue;
      const matched = oneRows.some((one) => this.#one.kinds[one * this.#steps + step] !== ABSENT);
      if (!matched) this.#joinAt(output, many, FILLED, step);
    }
  }

  #joinFilledMany(one: number): void {
    const output = this.#output(FILLED, one);
    // The rows of the one side never meet at a step, so this does not see its own marks.
    for (let step = 0; step < this.#steps; step++) {
      if (this.#active[step] === 0 || this.#met[step] === 1) continue;
      if (this.#one.kinds[one * this.#steps + step] === ABSENT) continue;
      this.#joinAt(output, FILLED, one, step);
    }
  }

  #joinAt(output: PairOutput, many: number, one: number, step: number): void {
    const result = this.#operation.apply(many, one, step);
    if (result === null) return;
    if (this.#plan.matching.cardinality === "one-to-one") {
      if (this.#met[step] === 1) {
        throw executionError(
          "multiple matches for labels: many-to-one matching must be explicit " +
            "(group_left/group_right)",
        );
      }
    } else if (output.met[step] === 1) {
      throw executionError(
        "multiple matches for labels: grouping labels must ensure unique matches",
      );
    }
    this.#met[step] = 1;
    output.met[step] = 1;
    if (!result) return;
    output.firstCell ??= this.#builder.row(output.labels, this.#operation.dropsName);
    this.#operation.write(output.firstCell + step);
  }

  #output(many: number, one: number): PairOutput {
    const { matching } = this.#plan;
    const manyLabels = this.#many.labels[many];
    const oneLabels = this.#one.labels[one];
    const labels = matchResultLabels(
      manyLabels ?? matchGroupLabels(oneLabels!, matching),
      oneLabels ?? matchGroupLabels(manyLabels!, matching),
      matching,
      this.#operation.dropsNameNow,
    );
    if (matching.cardinality === "one-to-one") {
      return { labels, firstCell: null, met: this.#met };
    }
    const key = labelsKey(labels);
    let met = this.#metAs.get(key);
    if (met === undefined) this.#metAs.set(key, (met = new Uint8Array(this.#steps)));
    return { labels, firstCell: null, met };
  }

  #assertOneUnique(rows: readonly number[]): void {
    const { matching } = this.#plan;
    const { kinds, labels } = this.#one;
    const found = new Int32Array(this.#steps).fill(-1);
    for (const row of rows) {
      for (let step = 0; step < this.#steps; step++) {
        if (this.#active[step] === 0 || kinds[row * this.#steps + step] === ABSENT) continue;
        if (found[step] === -1) {
          found[step] = row;
          continue;
        }
        const group = formatLabels(matchGroupLabels(labels[row]!, matching));
        const side = matching.cardinality === "one-to-many" ? "left" : "right";
        const [second, first] = [labels[row]!, labels[found[step]!]!].map(formatLabels);
        throw executionError(
          `found duplicate series for the match group ${group} on the ${side} hand-side of the ` +
            `operation: [${second}, ${first}];many-to-many matching not allowed: ` +
            "matching labels must be unique on one side",
        );
      }
    }
  }
}

interface PairOutput {
  readonly labels: Labels;
  /** First cell of the output row, once there is one. */
  firstCell: number | null;
  /** Per step: these labels have come up in this signature. */
  readonly met: Uint8Array;
}

/** Steps at which both sides have samples, or one has and the other is filled. */
async function activeSteps(
  many: SeriesMatrix,
  one: SeriesMatrix,
  isFilled: boolean,
  pace: Pace,
): Promise<Uint8Array> {
  const [hasMany, hasOne] = [await stepsPresent(many, pace), await stepsPresent(one, pace)];
  return hasMany.map((has, step) => (isFilled ? has | hasOne[step]! : has & hasOne[step]!));
}

async function stepsPresent(
  { grid, kinds, labels }: SeriesMatrix,
  pace: Pace,
): Promise<Uint8Array> {
  const { count } = grid;
  const present = new Uint8Array(count);
  await inRowSlices(labels.length, count, pace, (from, to) => {
    for (let row = from; row < to; row++) {
      for (let step = 0; step < count; step++) {
        if (kinds[row * count + step] !== ABSENT) present[step] = 1;
      }
    }
  });
  return present;
}
