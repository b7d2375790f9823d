/**
 * What a block says about itself in its footer, and the manifest repeats: the same bytes in both, so
 * one codec (`block-meta-codec.ts`). Numbers only; the samples are described, not contained.
 */
import type { Epoch, Seq } from "#model/refs.ts";
import type { Tier } from "./tier.ts";

/** Two sums mod 2^64 over all samples, as words: first low, first high, second low, second high. */
export type DigestWords = readonly [number, number, number, number];

export const EMPTY_DIGEST: DigestWords = [0, 0, 0, 0];

/** Which records of the shard's log a block's samples come from: none outside, maybe not all. */
export interface SeqRange {
  /** Epoch of the newest of these records. */
  readonly epoch: Epoch;
  readonly firstSeq: Seq;
  readonly lastSeq: Seq;
}

export interface BlockMeta extends SeqRange {
  /** Unique in the shard that wrote the file, from 1; never used twice. */
  readonly blockId: number;
  readonly tier: Tier;
  /** Half-open range of time that the samples were cut to. */
  readonly rangeStartMs: number;
  readonly rangeEndMs: number;
  /** First and last sample. */
  readonly minMs: number;
  readonly maxMs: number;
  readonly seriesCount: number;
  /** Raw samples, or buckets of a tier. */
  readonly sampleCount: number;
  readonly digest: DigestWords;
  /** Upper words of the lowest and highest placement inside. */
  readonly placementMin: number;
  readonly placementMax: number;
}
