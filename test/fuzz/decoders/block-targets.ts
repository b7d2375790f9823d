/**
 * Decoders of blocks. Checksums are made to fit again where one stands in front, so that mutations
 * reach what is behind it.
 */
import { crc32c } from "#base/hash/crc32c.ts";
import { ByteReader } from "#base/bytes/byte-reader.ts";
import { ByteWriter } from "#base/bytes/byte-writer.ts";
import { COLUMN_FLOAT } from "#chunk/column-kind.ts";
import { PageDecoder } from "#chunk/page-decoder.ts";
import { PageEncoder } from "#chunk/page-encoder.ts";
import { CRC_OFFSET, CRC_START, PAGE_BYTES_MAX } from "#chunk/page-header.ts";
import { blockSeriesOf, scrapedSeries } from "#test/support/block-rig.ts";
import { blockEntry } from "#test/support/block-entries.ts";
import { pageKernel, zstdCompressor } from "#test/support/page-tools.ts";
import { decodeFooter, encodeFooter } from "#tsdb/block/block-format.ts";
import { BlockIndexBuilder } from "#tsdb/block/block-index-builder.ts";
import { BlockLabels } from "#tsdb/block/block-labels.ts";
import { decodeBlockMeta, encodeBlockMeta } from "#tsdb/block/block-meta-codec.ts";
import { compareIdentities } from "#tsdb/block/block-series.ts";
import { BlockSeriesTable } from "#tsdb/block/block-series-table.ts";
import { PageTable } from "#tsdb/block/page-table.ts";
import { decodePostings, encodePostings } from "#tsdb/block/postings-codec.ts";
import { SectionWriter } from "#tsdb/block/section-columns.ts";
import { tenantId } from "#model/refs.ts";
import type { DecoderTarget } from "./decoder-target.ts";

const NO_SALT = 0;
/** Length, checksum, end mark. */
const FOOTER_TAIL_BYTES = 16;
const SERIES_BOUND = 4000;
const PAGES = 3;
type Bytes = Uint8Array<ArrayBuffer>;

function pageTarget(name: string, packing: "small" | "fast"): DecoderTarget {
  const kernel = pageKernel();
  const decoder = new PageDecoder(kernel, zstdCompressor);
  return {
    name,
    share: 0.3,
    valid: [1, 3, Math.PI, 1e300].map((factor) => pageOf(packing, factor)),
    run: (bytes) => {
      sign(bytes);
      decoder.open(bytes, 0, bytes.length);
      for (let column = 0; column < decoder.columnCount; column++) {
        if (decoder.kindAt(column) === COLUMN_FLOAT) decoder.decode(column);
        else decoder.decodeItems(column);
      }
    },
  };
}

function pageOf(packing: "small" | "fast", factor: number): Uint8Array {
  const encoder = new PageEncoder(pageKernel(), { packing, pageBytesMax: PAGE_BYTES_MAX });
  const times = Float64Array.from({ length: 60 }, (_, i) => i * 15_000 + (i % 7));
  for (const series of [2, 3, 7]) {
    const values = Float64Array.from(times, (_, i) => (i % 11) * series * factor);
    encoder.add(series, series, 0, times, values, 0, times.length);
  }
  return encoder.finish().slice();
}

/** A checksum that fits, so that what is behind it is read. */
function sign(page: Bytes): void {
  if (page.length < CRC_START) return;
  const view = new DataView(page.buffer);
  view.setUint32(CRC_OFFSET, crc32c(page, 0, CRC_START), true);
}

function footerTarget(): DecoderTarget {
  const sections = [1, 2, 3].map((kind) => {
    return { kind, flags: 0, offset: 64 * kind, storedBytes: 64, rawBytes: 64, crc: 5 };
  });
  const { bytes } = encodeFooter(NO_SALT, blockEntry(1), sections);
  return {
    name: "block footer",
    share: 1,
    valid: [bytes],
    run: (tail) => {
      const end = tail.length - FOOTER_TAIL_BYTES;
      if (end >= 0) {
        const view = new DataView(tail.buffer);
        const start = Math.max(0, end - view.getUint32(end, true));
        view.setUint32(end + 4, crc32c(tail, NO_SALT, start, end + 4), true);
      }
      decodeFooter("a.blk", tail, 100_000, NO_SALT);
    },
  };
}

function metaTarget(): DecoderTarget {
  const writer = new ByteWriter({ bytesMax: 1024 });
  encodeBlockMeta(writer, blockEntry(1));
  return {
    name: "block meta",
    share: 1,
    valid: [writer.take()],
    run: (bytes) => {
      const reader = new ByteReader(bytes);
      decodeBlockMeta(reader);
      reader.check("block meta");
    },
  };
}

function postingsTarget(): DecoderTarget {
  const lists = [
    Array.from({ length: 40 }, (_, i) => i * i),
    Array.from({ length: 200 }, (_, i) => i + (i % 9 === 0 ? 1 : 0)).filter((n, i, all) => {
      return i === 0 || n > all[i - 1]!;
    }),
    Array.from({ length: 300 }, (_, i) => 100 + i),
  ];
  return {
    name: "postings",
    share: 1,
    valid: lists.map((list) => {
      const writer = new ByteWriter({ bytesMax: 4096 });
      encodePostings(writer, Uint32Array.from(list));
      return writer.take();
    }),
    run: (bytes) => void decodePostings("a.blk", bytes, 0, bytes.length, SERIES_BOUND),
  };
}

/** The three sections of an index; each is mutated beside the others as they are. */
function indexTargets(): DecoderTarget[] {
  const builder = new BlockIndexBuilder();
  const all = [...scrapedSeries(2, 4, 1), ...scrapedSeries(1, 2, 1, { tenant: 4 })];
  for (const one of all.map(blockSeriesOf).sort(compareIdentities)) builder.add(one);
  const sections = builder.finish();
  const labels = sections.labels.slice();
  const postings = sections.postings.slice();
  const series = sections.series.slice();
  const count = all.length;
  const read = (labelBytes: Bytes, postingBytes: Bytes, seriesBytes: Bytes): void => {
    const opened = new BlockLabels("a.blk", count, labelBytes, postingBytes);
    for (const tenant of opened.tenants) {
      const index = opened.tenantIndex(tenantId(tenant));
      for (const name of index?.labelNames() ?? []) index!.labelValues(name);
    }
    const table = new BlockSeriesTable("a.blk", opened, seriesBytes);
    for (let at = 0; at < Math.min(table.seriesCount, count); at++) table.identity(at);
  };
  return [
    { name: "block labels", share: 0.1, valid: [labels], run: (b) => read(b, postings, series) },
    { name: "block postings", share: 0.1, valid: [postings], run: (b) => read(labels, b, series) },
    { name: "block series", share: 0.1, valid: [series], run: (b) => read(labels, postings, b) },
  ];
}

function pageTableTarget(): DecoderTarget {
  const writer = new SectionWriter();
  writer.u32(PAGES, 0);
  const column = (step: number): Uint32Array => {
    return Uint32Array.from({ length: PAGES }, (_, i) => i * step);
  };
  for (const step of [64, 500, 10, 10, 77]) writer.column(column(step));
  writer.column(Float64Array.from({ length: 2 * PAGES }, (_, i) => i * 1000));
  return {
    name: "page table",
    share: 1,
    valid: [writer.written().slice()],
    run: (bytes) => void new PageTable("a.blk", bytes),
  };
}

export function blockTargets(): DecoderTarget[] {
  return [
    footerTarget(),
    metaTarget(),
    postingsTarget(),
    ...indexTargets(),
    pageTableTarget(),
    pageTarget("page, small", "small"),
    pageTarget("page, fast", "fast"),
  ];
}
