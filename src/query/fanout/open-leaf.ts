/**
 * One leaf plan at its shard worker: a selection whose heads are worked out here, shard by shard,
 * instead of being handed on. What is made waits for the puller, so a slow one holds no more than a
 * part or two.
 */
import { LeafEvaluation } from "#promql/leaf/leaf-evaluation.ts";
import type { LeafThread } from "#promql/leaf/leaf-evaluation.ts";
import type { LeafPart } from "#promql/leaf/leaf-part.ts";
import type { LeafPlan } from "#promql/leaf/leaf-plan.ts";
import type { OpenSelection } from "./open-selection.ts";

/** Cells of partials per answer: a few megabytes, which move and are not copied. */
const PART_CELLS = 262_144;

export class OpenLeaf {
  readonly #selection: OpenSelection;
  readonly #shardBits: number;
  readonly #evaluation: LeafEvaluation;
  readonly #aborting = new AbortController();

  /** Takes the selection over. */
  constructor(
    leaf: LeafPlan,
    selection: OpenSelection,
    shardBits: number,
    thread: Omit<LeafThread, "signal">,
  ) {
    this.#selection = selection;
    this.#shardBits = shardBits;
    this.#evaluation = new LeafEvaluation(leaf, { ...thread, signal: this.#aborting.signal });
  }

  /** Works on until there is a part to hand on; `done` when nothing is left. */
  async pull(): Promise<{ readonly part: LeafPart; readonly done: boolean }> {
    const evaluation = this.#evaluation;
    while (evaluation.cellCount < PART_CELLS) {
      const placed = this.#selection.nextPlaced();
      if (placed === null) return { part: evaluation.take(), done: true };
      const { shard, slice } = placed;
      if (slice === null) await evaluation.endShard(shard, this.#shardBits);
      else await evaluation.add(slice, this.#shardBits);
    }
    return { part: evaluation.take(), done: false };
  }

  /** Also while a pull is under way, which fails then. */
  close(): void {
    this.#aborting.abort();
    this.#selection.close();
  }
}
