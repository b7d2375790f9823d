/**
 * A leaf plan worked out by the thread that asks, over heads and blocks: series come in the order that
 * shard workers take them in, so the partials, and the bits of the result, are the same.
 */
import { LeafEvaluation } from "#promql/leaf/leaf-evaluation.ts";
import type { LeafThread } from "#promql/leaf/leaf-evaluation.ts";
import type { LeafPlan } from "#promql/leaf/leaf-plan.ts";
import type { LeafReading, MadePart } from "#promql/leaf/leaf-source.ts";
import type { PlacedSlice } from "#storage/read-view.ts";
import type { OrderedSlices } from "./ordered-slices.ts";

/** All placements share a prefix of no bits. */
const WHOLE = 0;

export class LocalLeafReading implements LeafReading {
  readonly #slices: OrderedSlices<PlacedSlice>;
  readonly #evaluation: LeafEvaluation;
  #isDone = false;

  /** Takes the slices over. */
  constructor(leaf: LeafPlan, slices: OrderedSlices<PlacedSlice>, thread: LeafThread) {
    this.#slices = slices;
    this.#evaluation = new LeafEvaluation(leaf, thread);
  }

  /** One part of everything: what it holds is bounded by the evaluation. */
  async next(): Promise<MadePart | null> {
    if (this.#isDone) return null;
    this.#isDone = true;
    const evaluation = this.#evaluation;
    for (let slice = await this.#slices.next(); slice !== null; slice = await this.#slices.next()) {
      await evaluation.add(slice, WHOLE);
    }
    await evaluation.endShard(0, WHOLE);
    const part = evaluation.take();
    const infos = this.#slices.infos().map((message) => {
      return { level: "info", message, detail: "", range: null } as const;
    });
    return { maker: 0, ...part, findings: [...part.findings, ...infos] };
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#slices.close();
    return Promise.resolve();
  }
}
