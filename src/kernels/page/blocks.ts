/**
 * Residuals in blocks of 128. Twin of `wasm/page/blocks.ts`, computed with BigInt.
 * Writing and reading are only for `column-encode.ts` and `column-decode.ts`.
 */
import { BLOCK_RESIDUALS } from "../layout/page-layout.ts";
import {
  BitWriter,
  signed,
  unsigned,
  unzigzag,
  varintBytes,
  widthOf,
  writeVarint,
  zigzag,
} from "./bits64.ts";
import type { BitReader } from "./bits64.ts";

interface Block {
  readonly least: bigint;
  readonly width: number;
  readonly residuals: readonly bigint[];
}

function blocksOf(residuals: readonly bigint[]): Block[] {
  const blocks: Block[] = [];
  for (let from = 0; from < residuals.length; from += BLOCK_RESIDUALS) {
    const part = residuals.slice(from, from + BLOCK_RESIDUALS);
    const least = part.reduce((a, b) => (b < a ? b : a));
    const most = part.reduce((a, b) => (b > a ? b : a));
    blocks.push({ least, width: widthOf(most - least), residuals: part });
  }
  return blocks;
}

export function blocksBytes(residuals: readonly bigint[]): number {
  return blocksOf(residuals).reduce(
    (sum, { least, width, residuals: { length } }) =>
      sum + 1 + varintBytes(zigzag(least)) + Math.ceil((length * width) / 8),
    0,
  );
}

export function encodeBlocks(u8: Uint8Array, out: number, residuals: readonly bigint[]): number {
  let at = out;
  for (const { least, width, residuals: part } of blocksOf(residuals)) {
    u8[at] = width;
    const writer = new BitWriter(u8, writeVarint(u8, at + 1, zigzag(least)));
    for (const residual of part) writer.write(unsigned(residual - least), width);
    at = writer.end();
  }
  return at;
}

/** `count` residuals, the reader behind them; undefined when it stands at no blocks. */
export function decodeBlocks(
  reader: BitReader,
  limit: number,
  count: number,
): bigint[] | undefined {
  const residuals: bigint[] = [];
  while (residuals.length < count) {
    if (reader.at >= limit) return undefined;
    const width = reader.byte();
    if (width > 64) return undefined;
    const least = unzigzag(reader.varint());
    const end = Math.min(count, residuals.length + BLOCK_RESIDUALS);
    while (residuals.length < end) residuals.push(signed(least + reader.bits(width)));
    reader.align();
  }
  return residuals;
}
