/**
 * Blocks for tests: series from plain values, written to a simulated disk, read back as plain values
 * again, so that whole blocks compare with `toEqual`, bits included.
 */
import { writeHistogramTagAt } from "#chunk/histogram/histogram-tag.ts";
import { encodeLabels, decodeLabels } from "#model/canonical-labels.ts";
import { labelsOf, labelsRecord } from "#model/labels.ts";
import { SeriesHasher } from "#model/placement.ts";
import { epoch, seq, shardId, tenantId } from "#model/refs.ts";
import { DiskModel } from "#test/sim/disk-model.ts";
import { WalDisk, type WalDiskHooks } from "#test/sim/wal-disk.ts";
import { BlockReader } from "#tsdb/block/block-reader.ts";
import {
  compareIdentities,
  type BlockSeries,
  type BlockSeriesSource,
} from "#tsdb/block/block-series.ts";
import {
  writeBlock,
  type BlockWriterOptions,
  type WrittenBlock,
} from "#tsdb/block/block-writer.ts";
import { eachHistogram } from "#tsdb/block/each-histogram.ts";
import { HistogramList } from "#tsdb/block/histogram-list.ts";
import type { FileOwner } from "#tsdb/block/file-header.ts";
import type { PageTools } from "#tsdb/block/page-tools.ts";
import { plainPageTools } from "./plain-pages.ts";

export interface PlainSeries {
  readonly tenant?: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Timestamp, bits of the value. */
  readonly samples: readonly (readonly [timestampMs: number, bits: bigint])[];
  /** Bytes of histograms, hex, by time; those no sample is the tag of may be given, and are lost. */
  readonly items?: readonly (readonly [timestampMs: number, item: string])[];
}

export const owner: FileOwner = { clusterUuid: new Uint8Array(16).fill(0x5c), shard: shardId(3) };
export const HOUR_MS = 3_600_000;
const hasher = new SeriesHasher({ seed: [7, 9], lanes: 4 });

export function bitsOf(value: number): bigint {
  return new BigUint64Array(new Float64Array([value]).buffer)[0]!;
}

export function blockSeriesOf(plain: PlainSeries): BlockSeries {
  const tenant = tenantId(plain.tenant ?? 0);
  const labels = encodeLabels(labelsOf(Object.entries(plain.labels)));
  const fingerprint = new Uint32Array(2);
  const placement = new Uint32Array(2);
  hasher.hash(tenant, labels, 0, labels.length, fingerprint, placement, 0);
  return {
    tenant,
    labels,
    fingerprintLow: fingerprint[0]!,
    fingerprintHigh: fingerprint[1]!,
    placementLow: placement[0]!,
    placementHigh: placement[1]!,
    timestamps: Float64Array.from(plain.samples, ([timestampMs]) => timestampMs),
    values: new Float64Array(BigUint64Array.from(plain.samples, ([, bits]) => bits).buffer),
    start: 0,
    end: plain.samples.length,
    histograms: histogramsOf(plain.items ?? []),
  };
}

function histogramsOf(items: Required<PlainSeries>["items"]): HistogramList | null {
  if (items.length === 0) return null;
  const list = new HistogramList();
  for (const [timestampMs, item] of items) {
    const bytes = Uint8Array.fromHex(item);
    list.push(timestampMs, bytes, 0, bytes.length);
  }
  return list;
}

/** Bits of the sample that stands for a histogram. */
export function tagOf(item: string): bigint {
  const words = new Uint32Array(2);
  writeHistogramTagAt(words, 0, Uint8Array.fromHex(item));
  return new BigUint64Array(words.buffer)[0]!;
}

/** In the order of a block. */
export function sourceOf(series: readonly PlainSeries[]): BlockSeriesSource {
  const sorted = series.map(blockSeriesOf).sort(compareIdentities);
  let at = 0;
  return { next: async () => sorted[at++] ?? null, close: () => {} };
}

export async function plainOf(source: BlockSeriesSource): Promise<PlainSeries[]> {
  const all: PlainSeries[] = [];
  for (let one = await source.next(); one !== null; one = await source.next()) {
    const bits = new BigUint64Array(one.values.slice(one.start, one.end).buffer);
    const items: [number, string][] = [];
    eachHistogram(one, (row, { start, bytes }, at) => {
      items.push([one.timestamps[row]!, bytes.subarray(start[at], start[at + 1]).toHex()]);
    });
    all.push({
      tenant: one.tenant,
      labels: { ...labelsRecord(decodeLabels(one.labels)) },
      samples: [...bits].map((value, i) => [one.timestamps[one.start + i]!, value]),
      ...(items.length === 0 ? {} : { items }),
    });
  }
  return all;
}

/** What a block gives back: in its order, with the tenant. */
export function expectedOf(series: readonly PlainSeries[]): PlainSeries[] {
  const keyed = series.map((one) => ({ one, identity: blockSeriesOf(one) }));
  keyed.sort((a, b) => compareIdentities(a.identity, b.identity));
  return keyed.map(({ one: { tenant = 0, labels, samples, items = [] } }) => {
    const bits = new Map(samples);
    const left = items.filter(([at, item]) => bits.get(at) === tagOf(item));
    return { tenant, labels, samples, ...(left.length === 0 ? {} : { items: left }) };
  });
}

export class BlockRig {
  readonly model: DiskModel;
  readonly disk: WalDisk;
  readonly tools: PageTools;

  constructor(options: { model?: DiskModel; hooks?: WalDiskHooks; tools?: PageTools } = {}) {
    this.model = options.model ?? new DiskModel();
    this.disk = new WalDisk(this.model, options.hooks);
    this.tools = options.tools ?? plainPageTools();
  }

  options(fields: Partial<BlockWriterOptions> = {}): BlockWriterOptions {
    return {
      disk: this.disk,
      owner,
      tools: this.tools,
      blockId: 1,
      tier: 0,
      rangeStartMs: 0,
      rangeEndMs: 2 * HOUR_MS,
      epoch: epoch(1),
      firstSeq: seq(1),
      lastSeq: seq(100),
      ...fields,
    };
  }

  write(
    series: readonly PlainSeries[],
    fields: Partial<BlockWriterOptions> = {},
  ): Promise<WrittenBlock | null> {
    return writeBlock(this.options(fields), sourceOf(series));
  }

  open(blockId = 1, footerCrc: number | null = null): Promise<BlockReader> {
    return BlockReader.open({ disk: this.disk, owner, blockId, tools: this.tools, footerCrc });
  }

  async readAll(
    blockId: number = 1,
    minMs: number = -Infinity,
    maxMs: number = Infinity,
  ): Promise<PlainSeries[]> {
    const reader = await this.open(blockId);
    try {
      const cursor = await reader.readAll({ minMs, maxMs });
      try {
        return await plainOf(cursor);
      } finally {
        cursor.close();
      }
    } finally {
      await reader.close();
    }
  }
}

/** Some targets with some series each, a sample every `stepMs`. */
export function scrapedSeries(
  targets: number,
  seriesEach: number,
  samples: number,
  options: { startMs?: number; stepMs?: number; tenant?: number } = {},
): PlainSeries[] {
  const { startMs = 0, stepMs = 15_000, tenant = 0 } = options;
  return Array.from({ length: targets * seriesEach }, (_, i): PlainSeries => {
    const target = Math.floor(i / seriesEach);
    return {
      tenant,
      labels: {
        __name__: `metric_${i % seriesEach}`,
        instance: `10.0.0.${target}:9100`,
        job: target % 2 === 0 ? "node" : "größe",
      },
      samples: Array.from({ length: samples }, (_sample, row) => [
        startMs + row * stepMs,
        bitsOf(i + row * (i % 3)),
      ]),
    };
  });
}
