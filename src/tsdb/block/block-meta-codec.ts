/** Bytes of a `BlockMeta` (FORMAT.md): in footers of blocks and in records of manifests. */
import type { ByteReader } from "#base/bytes/byte-reader.ts";
import type { ByteWriter } from "#base/bytes/byte-writer.ts";
import type { Epoch, Seq } from "#model/refs.ts";
import type { BlockMeta, DigestWords } from "./block-meta.ts";
import { isTier, TIER_RAW } from "./tier.ts";

export function encodeBlockMeta(writer: ByteWriter, meta: BlockMeta): void {
  writer.varint(meta.blockId);
  writer.varint(meta.tier);
  writer.signedVarint(meta.rangeStartMs);
  writer.varint(meta.rangeEndMs - meta.rangeStartMs);
  writer.varint(meta.minMs - meta.rangeStartMs);
  writer.varint(meta.maxMs - meta.minMs);
  writer.varint(meta.epoch);
  writer.varint(meta.firstSeq);
  writer.varint(meta.lastSeq - meta.firstSeq);
  writer.varint(meta.seriesCount);
  writer.varint(meta.sampleCount);
  for (const word of meta.digest) writer.u32(word);
  writer.u32(meta.placementMin);
  writer.u32(meta.placementMax);
}

/** Failures stay in the reader. */
export function decodeBlockMeta(reader: ByteReader): BlockMeta {
  const blockId = reader.varint();
  const tier = reader.varint();
  if (!isTier(tier)) reader.fail(`tier got ${tier}, want 0 to 2`);
  const rangeStartMs = reader.signedVarint();
  const rangeEndMs = rangeStartMs + reader.varint();
  const minMs = rangeStartMs + reader.varint();
  const maxMs = minMs + reader.varint();
  if (maxMs >= rangeEndMs) reader.fail(`last sample got ${maxMs}, want below ${rangeEndMs}`);
  const epoch = reader.varint() as Epoch;
  const firstSeq = reader.varint() as Seq;
  const lastSeq = (firstSeq + reader.varint()) as Seq;
  const seriesCount = reader.varint();
  const sampleCount = reader.varint();
  const digest: DigestWords = [reader.u32(), reader.u32(), reader.u32(), reader.u32()];
  return {
    blockId,
    tier: isTier(tier) ? tier : TIER_RAW,
    rangeStartMs,
    rangeEndMs,
    minMs,
    maxMs,
    epoch,
    firstSeq,
    lastSeq,
    seriesCount,
    sampleCount,
    digest,
    placementMin: reader.u32(),
    placementMax: reader.u32(),
  };
}
