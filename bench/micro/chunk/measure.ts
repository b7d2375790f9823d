/**
 * Encodes a data set to pages and reads it back, verified bit for bit; bytes and CPU time of both.
 * CPU time is that of the whole process: the garbage of pages counts, and nothing else runs.
 */
import { zstdCompressSync, zstdDecompressSync, constants } from "node:zlib";
import { compressPage } from "#chunk/page-compression.ts";
import type { PageCompressor } from "#chunk/page-compression.ts";
import { PageDecoder } from "#chunk/page-decoder.ts";
import { PageEncoder } from "#chunk/page-encoder.ts";
import type { PageEncoderOptions } from "#chunk/page-encoder.ts";
import { PAGE_BYTES_MAX } from "#chunk/page-header.ts";
import {
  CHAIN_BYTES,
  MINIBLOCK_BYTES_MAX,
  MINIBLOCK_SAMPLES,
  MINIBLOCK_SCRATCH_BYTES,
} from "#kernels/layout/page-layout.ts";
import type { PageKernel } from "#kernels/page-kernel.ts";
import { cpuNs } from "../../cpu-ns.ts";
import type { DataSet } from "./data-set.ts";

export interface PageFigures {
  readonly pages: number;
  readonly bytes: number;
  /** With zstd where it pays. */
  readonly sealedBytes: number;
  readonly encodeNs: number;
  readonly decodeNs: number;
  /** Of sealed pages. */
  readonly openedNs: number;
}

const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export const zstd: PageCompressor = {
  compress: (bytes) => zstdCompressSync(bytes, LEVEL),
  decompress: (bytes, rawBytes) => zstdDecompressSync(bytes, { maxOutputLength: rawBytes }),
};

/** Pages of windows of so many samples, all series of a window before the next one. */
export function measurePages(
  kernel: PageKernel,
  set: DataSet,
  packing: PageEncoderOptions["packing"],
  windowSamples: number,
): PageFigures {
  const encoder = new PageEncoder(kernel, { packing, pageBytesMax: PAGE_BYTES_MAX });
  const decoder = new PageDecoder(kernel, zstd);
  const started = cpuNs();
  const pages = encodePages(encoder, set, windowSamples);
  const encodeNs = cpuNs() - started;
  const sealed = pages.map((page) => compressPage(page, zstd));
  const decodeNs = decodePages(decoder, pages);
  const openedNs = decodePages(decoder, sealed);
  verify(decoder, sealed, set);
  const total = set.seriesCount * set.samples;
  return {
    pages: pages.length,
    bytes: bytesOf(pages) / total,
    sealedBytes: bytesOf(sealed) / total,
    encodeNs: encodeNs / total,
    decodeNs: decodeNs / total,
    openedNs: openedNs / total,
  };
}

function encodePages(encoder: PageEncoder, set: DataSet, windowSamples: number): Uint8Array[] {
  const pages: Uint8Array[] = [];
  const seal = (): void => {
    pages.push(encoder.finish());
    encoder.reset();
  };
  for (let start = 0; start < set.samples; start += windowSamples) {
    const end = Math.min(set.samples, start + windowSamples);
    for (let series = 0; series < set.seriesCount; series++) {
      const values = valuesOf(set, series);
      for (let at = start; at < end;) {
        const taken = encoder.add(series, series, 1, set.timestamps, values, at, end);
        if (taken === 0) seal();
        at += taken;
      }
    }
    seal();
  }
  return pages;
}

function valuesOf(set: DataSet, series: number): Float64Array {
  return set.values.subarray(series * set.samples, (series + 1) * set.samples);
}

function bytesOf(pages: readonly Uint8Array[]): number {
  return pages.reduce((sum, page) => sum + page.length, 0);
}

/** Every column of every page; checksums and directories are part of it. */
function decodePages(decoder: PageDecoder, pages: readonly Uint8Array[]): number {
  const started = cpuNs();
  for (const page of pages) {
    decoder.open(page, 0, page.length);
    for (let column = 0; column < decoder.columnCount; column++) decoder.decode(column);
  }
  return cpuNs() - started;
}

function verify(decoder: PageDecoder, pages: readonly Uint8Array[], set: DataSet): void {
  const next = new Uint32Array(set.seriesCount);
  for (const page of pages) {
    decoder.open(page, 0, page.length);
    for (let column = 0; column < decoder.columnCount; column++) {
      const series = decoder.seriesAt(column);
      const count = decoder.decode(column);
      const at = next[series]!;
      next[series] = at + count;
      expectSame(decoder.timestamps, set.timestamps.subarray(at, at + count));
      expectSame(decoder.values, valuesOf(set, series).subarray(at, at + count));
    }
  }
  if (next.some((count) => count !== set.samples)) throw new Error("bench: samples are missing");
}

function expectSame(got: Float64Array, want: Float64Array): void {
  const bytes = (column: Float64Array): Uint8Array =>
    new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
  if (Buffer.compare(bytes(got), bytes(want)) !== 0) throw new Error("bench: other bits came back");
}

export interface ChainFigures {
  readonly bytes: number;
  readonly encodeNs: number;
  readonly decodeNs: number;
}

/** The head's chains of miniblocks, two hours of each series. */
export function measureChains(kernel: PageKernel, set: DataSet): ChainFigures {
  const { calls, memory } = kernel;
  const samples = Math.min(set.samples, 480);
  const owner = `bench ${memory.regions().length}`;
  const chain = memory.allocate(`${owner} chain`, CHAIN_BYTES).offset;
  const scratch = memory.allocate(`${owner} scratch`, MINIBLOCK_SCRATCH_BYTES).offset;
  const blocks = Math.ceil(samples / MINIBLOCK_SAMPLES);
  const out = memory.allocate(`${owner} bytes`, (blocks + 1) * MINIBLOCK_BYTES_MAX).offset;
  const { u8, f64 } = memory.views();
  const [clock, input] = [kernel.timestamps.offset, kernel.values.offset];
  let bytes = 0;
  let [encodeNs, decodeNs] = [0, 0];
  for (let series = 0; series < set.seriesCount; series++) {
    f64.set(set.timestamps.subarray(0, samples), clock / 8);
    f64.set(valuesOf(set, series).subarray(0, samples), input / 8);
    const run = (code: (at: number, from: number, count: number) => number): number => {
      u8.fill(0, chain, chain + CHAIN_BYTES);
      let at = out;
      for (let from = 0; from < samples; from += MINIBLOCK_SAMPLES) {
        at += code(at, 8 * from, Math.min(MINIBLOCK_SAMPLES, samples - from));
      }
      return at - out;
    };
    const started = cpuNs();
    bytes += run((at, from, count) =>
      calls.miniblockEncode(chain, clock + from, input + from, count, at, scratch),
    );
    const middle = cpuNs();
    run((at, from, count) => calls.miniblockDecode(chain, at, count, clock + from, input + from));
    encodeNs += middle - started;
    decodeNs += cpuNs() - middle;
  }
  const total = samples * set.seriesCount;
  return { bytes: bytes / total, encodeNs: encodeNs / total, decodeNs: decodeNs / total };
}

/** What zstd alone makes of the values as they are, 64 KiB at a time. */
export function zstdOnlyBytes(set: DataSet, level: number): number {
  const raw = new Uint8Array(set.values.buffer, set.values.byteOffset, set.values.byteLength);
  let bytes = 0;
  for (let at = 0; at < raw.length; at += PAGE_BYTES_MAX) {
    const options = { params: { [constants.ZSTD_c_compressionLevel]: level } };
    bytes += zstdCompressSync(raw.subarray(at, at + PAGE_BYTES_MAX), options).length;
  }
  return bytes / (set.seriesCount * set.samples);
}
