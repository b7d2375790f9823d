/** Whoever can work leaf plans out next to the data. The engine asks it first, if it has one. */
import type { MissingParts } from "#storage/missing-parts.ts";
import type { LeafThread } from "./leaf-evaluation.ts";
import type { LeafPart } from "./leaf-part.ts";
import type { LeafPlan } from "./leaf-plan.ts";

/** Groups are numbered anew by each maker. */
export interface MadePart extends LeafPart {
  readonly maker: number;
}

export interface LeafReading extends AsyncDisposable {
  /**
   * The next part, or null at the end. Fails with `promql.leaf-unsuited` when the data is of another
   * kind: what came before means nothing then.
   */
  next(): Promise<MadePart | null>;
}

export interface LeafSource {
  openLeaf(leaf: LeafPlan, missing: MissingParts | null, signal: AbortSignal): LeafReading;
  /** Worked out here instead, over heads and blocks; the same bits come of the same samples. */
  openLeafHere(leaf: LeafPlan, missing: MissingParts | null, thread: LeafThread): LeafReading;
}
