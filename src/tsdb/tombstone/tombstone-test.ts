/** Compiled tombstones: which of them concern a series, and which rows of it they hide. */
import type { Labels } from "#model/labels.ts";
import { compileMatchers } from "#model/matches-labels.ts";
import type { Seq, TenantId } from "#model/refs.ts";
import type { TimeRange } from "#storage/queryable.ts";
import type { Tombstone } from "./tombstone.ts";

export class TombstoneTest {
  readonly #compiled: readonly {
    readonly tombstone: Tombstone;
    readonly accepts: (labels: Labels) => boolean;
  }[];

  constructor(tombstones: readonly Tombstone[]) {
    this.#compiled = tombstones.map((tombstone) => ({
      tombstone,
      accepts: compileMatchers(tombstone.matchers),
    }));
  }

  get isEmpty(): boolean {
    return this.#compiled.length === 0;
  }

  /** Ranges of time in which samples of the series are deleted; may overlap. */
  hiddenRanges(tenant: TenantId, labels: Labels): readonly TimeRange[] {
    return this.#compiled
      .filter(({ tombstone, accepts }) => tombstone.tenant === tenant && accepts(labels))
      .map(({ tombstone }) => tombstone);
  }
}

/** What a tombstone must know of a block to tell whether it concerns it. */
interface TombstonedBlock {
  readonly lastSeq: Seq;
  readonly cleanSeq: Seq;
  readonly minMs: number;
  readonly maxMs: number;
}

/** The tombstones that hide samples of the block and are not applied inside it yet. */
export function tombstonesOf(
  block: TombstonedBlock,
  tombstones: readonly Tombstone[],
): readonly Tombstone[] {
  return tombstones.filter(
    ({ seq, minMs, maxMs }) =>
      block.lastSeq <= seq && seq > block.cleanSeq && minMs <= block.maxMs && maxMs >= block.minMs,
  );
}
