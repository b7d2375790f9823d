/**
 * Works a leaf plan out over the shards of a worker: takes the slices of one shard after the other,
 * in the order of placements, and gives a partial for each. Floats only: on anything else it fails
 * with `promql.leaf-unsuited`, and the engine does it by itself. Lives on threads that have better
 * to do, so it pauses after each millisecond.
 */
import { EngineError } from "#base/engine-error.ts";
import type { Clock } from "#runtime/ports/clock.ts";
import type { PlacedSlice } from "#storage/read-view.ts";
import { Annotations } from "../annotations.ts";
import { Budget } from "../budget.ts";
import { rangeSeriesOf } from "../columns/range-series.ts";
import type { SeriesMatrix } from "../columns/series-matrix.ts";
import { dropsName, RangeCall } from "../operators/range-call.ts";
import type { RowContext } from "../operators/eval-context.ts";
import { SelectRows } from "../operators/select.ts";
import { floatView, type SeriesView } from "../operators/series-reader.ts";
import { Pace } from "../pace.ts";
import { PROMQL_LEAF_UNSUITED } from "../query-errors.ts";
import type { GroupPartial } from "./group-partial.ts";
import { GroupRows } from "./group-rows.ts";
import { LeafGroups } from "./leaf-groups.ts";
import type { LeafPart, PrefixPartial } from "./leaf-part.ts";
import type { LeafPlan } from "./leaf-plan.ts";
import { LEAF_BITS, PartialTree } from "./partial-tree.ts";
import { SparePartials } from "./spare-partials.ts";

/** Longest stretch on the thread. */
const SLICE_MS = 1;
/** Of one shard; partials of more groups are as large as the samples, so nothing is won. */
const CELLS_MAX = 1024 * 1024;

export interface LeafThread {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly yieldTurn: () => Promise<void>;
}

interface Rows {
  readonly isFull: boolean;
  readonly rowCount: number;
  add(view: SeriesView): Promise<void>;
  lend(use: (rows: SeriesMatrix) => Promise<void>): Promise<void>;
}

export class LeafEvaluation {
  readonly #context: RowContext;
  readonly #rows: Rows;
  /** The name goes at once, and may not be all that tells series apart. */
  readonly #isNameless: boolean;
  readonly #groups: LeafGroups;
  /** Of the rows that have come together. */
  readonly #ofRow: number[] = [];
  readonly #groupRows = new GroupRows();
  readonly #spares: SparePartials;
  /** Of the shard at hand. */
  #tree: PartialTree | null = null;
  #partial: GroupPartial | null = null;
  #prefix = -1;
  /** At most, and in its leaves so far. */
  #shardCells = 0;
  /** Waiting to be taken. */
  #cells = 0;
  #partials: PrefixPartial[] = [];
  #groupsTold = 0;
  #series = 0;
  #samples = 0;

  constructor(leaf: LeafPlan, thread: LeafThread) {
    const { limits, features, lookbackMs, grid, input, aggregate } = leaf;
    const pace = new Pace({ ...thread, timeoutMs: limits.timeoutMs, sliceMs: SLICE_MS });
    const budget = new Budget(limits);
    budget.readSeries(leaf.seriesRead, 0);
    this.#context = { lookbackMs, features, annotations: new Annotations(), budget, pace };
    this.#rows =
      input.kind === "select"
        ? new SelectRows(input.selector, "value", this.#context, grid)
        : callRows(new RangeCall(input, this.#context, grid, leaf.scalars, true));
    this.#isNameless =
      !features.delayedNameRemoval && input.kind === "range-call" && dropsName(input.name);
    this.#groups = new LeafGroups(aggregate, this.#isNameless);
    this.#spares = new SparePartials(aggregate.op, grid.count);
  }

  /** Cells that wait to be taken. */
  get cellCount(): number {
    return this.#cells;
  }

  /** The next slice of a shard, which is one of `2 ** shardBits`. */
  async add(slice: PlacedSlice, shardBits: number): Promise<void> {
    const { seriesCount, labelStart, labelBytes, sampleStart, timestamps, values } = slice;
    if (slice.histograms !== null) throw unsuited("histograms are among its samples");
    const { budget, pace } = this.#context;
    budget.readSeries(seriesCount, timestamps.length);
    this.#series += seriesCount;
    this.#samples += timestamps.length;
    this.#tree ??= new PartialTree(shardBits, pace, this.#spares);
    for (let i = 0; i < seriesCount; i++) {
      const prefix = slice.placements[2 * i + 1]! >>> (32 - LEAF_BITS);
      if (prefix !== this.#prefix) await this.#endLeaf(prefix);
      const group = this.#groups.find(labelBytes, labelStart[i]!, labelStart[i + 1]!);
      if (this.#isNameless && this.#groups.hasMetricLabels) throw unsuited("metrics have types");
      const [from, to] = [sampleStart[i]!, sampleStart[i + 1]!];
      const { nameLabels } = this.#groups;
      await this.#rows.add(floatView(nameLabels, timestamps, values, from, to));
      // A series without a value at any step has no row.
      if (this.#rows.rowCount > this.#ofRow.length) this.#ofRow.push(group);
      if (this.#rows.isFull) await this.#fold();
    }
    if (pace.isDue()) await pace.pause();
  }

  /** Behind all slices of shard `shard`. */
  async endShard(shard: number, shardBits: number): Promise<void> {
    await this.#endLeaf(-1);
    const partial = await this.#tree?.finish();
    this.#tree = null;
    this.#shardCells = 0;
    if (partial === undefined || partial === null) return;
    this.#cells += partial.cellCount;
    this.#partials.push({ bits: shardBits, prefix: shard, ...partial.copy() });
    this.#spares.put(partial);
  }

  /** What there is since the last time. */
  take(): LeafPart {
    const part = {
      partials: this.#partials,
      newGroups: this.#groups.labels.slice(this.#groupsTold),
      series: this.#series,
      samples: this.#samples,
      findings: this.#context.annotations.list(),
    };
    this.#partials = [];
    this.#groupsTold = this.#groups.labels.length;
    this.#series = this.#samples = this.#cells = 0;
    return part;
  }

  /** Ends the leaf at hand; the next series belong to leaf `next`. */
  async #endLeaf(next: number): Promise<void> {
    await this.#fold();
    const partial = this.#partial;
    if (partial !== null) {
      this.#groupRows.clear(partial.groups);
      this.#shardCells += partial.cellCount;
      await this.#tree!.add(LEAF_BITS, this.#prefix, partial);
    }
    this.#partial = null;
    this.#prefix = next;
  }

  /** Takes in the rows that have come together. */
  #fold(): Promise<void> {
    const { budget, pace } = this.#context;
    return this.#rows.lend(async (matrix) => {
      budget.rewind(0, 0);
      if (matrix.labels.length === 0) return;
      this.#partial ??= this.#spares.take();
      await this.#partial.add(matrix, this.#ofRow, this.#groupRows, pace);
      this.#ofRow.length = 0;
      if (this.#shardCells + this.#partial.cellCount > CELLS_MAX) {
        throw unsuited("it has too many groups");
      }
    });
  }
}

function callRows(call: RangeCall): Rows {
  return {
    get isFull() {
      return call.isFull;
    },
    get rowCount() {
      return call.rowCount;
    },
    add: (view) => call.add(rangeSeriesOf(view)),
    lend: (use) => call.lend(use),
  };
}

function unsuited(cause: string): EngineError {
  return new EngineError(PROMQL_LEAF_UNSUITED, `cannot work out a leaf next to the data: ${cause}`);
}
