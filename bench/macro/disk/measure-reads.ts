/**
 * What reading the blocks costs: CPU time per sample of all pages, with and without an entropy coder
 * or zstd in the way, and the bytes that one series takes.
 */
import type { ClockSource } from "#chunk/shared-clocks.ts";
import type { BlockReaders } from "#tsdb/block/block-readers.ts";
import { BlockFile } from "#tsdb/block/block-file.ts";
import type { PageTools } from "#tsdb/block/page-tools.ts";
import type { BlockEntry } from "#tsdb/manifest/block-entry.ts";
import { cpuNs } from "../../cpu-ns.ts";

export interface ReadFigures {
  /** Per sample, checksums and directories of pages included. */
  readonly decodeNs: number;
  /** The largest page of them: what one series reads of a block, its index known. */
  readonly pageBytesMax: number;
  readonly pagesPerBlock: number;
}

/** `blocks` are raw; `passes` go over all of them, the first one untimed. */
export async function measureReads(
  blocks: readonly BlockEntry[],
  readers: BlockReaders,
  tools: PageTools,
  passes: number,
): Promise<ReadFigures> {
  const pages: { readonly bytes: Uint8Array; readonly clocks: ClockSource | null }[] = [];
  for (const block of blocks) {
    using lease = await readers.hold(block);
    const { file } = lease.reader;
    const { pages: tables, clocks } = await lease.reader.index();
    const table = tables[0]!;
    for (let page = 0; page < table.pageCount; page++) {
      const bytes = (await file.page(table, page, BlockFile.pageBuffer())).slice();
      pages.push({ bytes, clocks });
    }
  }
  const decoder = tools.lendDecoder(null);
  let decodeNs = Infinity;
  for (let pass = 0; pass <= passes; pass++) {
    let samples = 0;
    const started = cpuNs();
    for (const { bytes, clocks } of pages) {
      decoder.open(bytes, 0, bytes.length, clocks);
      for (let column = 0; column < decoder.columnCount; column++) {
        samples += decoder.decode(column);
      }
    }
    if (pass > 0) decodeNs = Math.min(decodeNs, (cpuNs() - started) / samples);
  }
  tools.takeBack(decoder);
  const pageBytesMax = pages.reduce((most, { bytes }) => Math.max(most, bytes.length), 0);
  return { decodeNs, pageBytesMax, pagesPerBlock: pages.length / blocks.length };
}
