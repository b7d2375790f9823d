/**
 * What reading the blocks costs: CPU time per sample of all pages, with and without an entropy coder
 * or zstd in the way, and the bytes that one series takes.
 */
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
  const pages: Uint8Array[] = [];
  for (const block of blocks) {
    using lease = await readers.hold(block);
    const { file } = lease.reader;
    const [table] = (await lease.reader.index()).pages;
    for (let page = 0; page < table!.pageCount; page++) {
      pages.push((await file.page(table!, page, BlockFile.pageBuffer())).slice());
    }
  }
  const decoder = tools.lendDecoder(null);
  let decodeNs = Infinity;
  for (let pass = 0; pass <= passes; pass++) {
    let samples = 0;
    const started = cpuNs();
    for (const page of pages) {
      decoder.open(page, 0, page.length);
      for (let column = 0; column < decoder.columnCount; column++) {
        samples += decoder.decode(column);
      }
    }
    if (pass > 0) decodeNs = Math.min(decodeNs, (cpuNs() - started) / samples);
  }
  tools.takeBack(decoder);
  const pageBytesMax = pages.reduce((most, { length }) => Math.max(most, length), 0);
  return { decodeNs, pageBytesMax, pagesPerBlock: pages.length / blocks.length };
}
