/**
 * Bytes per sample of a plain page layout under a placement key: series of a shard in (placement,
 * fingerprint) order, pages of up to 64 KiB before compression, timestamps of neighbours that were
 * scraped together stored once, values as decimal deltas in varints, zstd over each page. A model to
 * compare keys with, not the storage format.
 */
import { zstdCompressSync } from "node:zlib";
import { encodeLabels } from "#model/canonical-labels.ts";
import { labelsOf } from "#model/labels.ts";
import { SeriesHasher } from "#model/placement.ts";
import { tenantId } from "#model/refs.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { FleetValues, fleet } from "../ingest/node-exporter-profile.ts";

const PAGE_BYTES_MAX: number = 64 * 1024;
const SAMPLES_PER_SERIES = 120;

/** One figure per key. */
export function pageBytesPerSample(instances: number, lanesOfKeys: readonly number[]): number[] {
  const series = fleet(instances);
  const values = new FleetValues(series, 1);
  const columns = series.map(() => new Float64Array(SAMPLES_PER_SERIES));
  for (let i = 0; i < SAMPLES_PER_SERIES; i++) {
    for (const [id, column] of columns.entries()) column[i] = values.values[id]!;
    values.step();
  }
  const random = new SeededRandom(2);
  // Scrapes of a target share their timestamp; targets jitter by a few ms on their own.
  const stamps = Array.from({ length: instances }, () => {
    const offset = Math.floor(random.float() * 10_000);
    return Float64Array.from(
      { length: SAMPLES_PER_SERIES },
      (_, i) => offset + i * 10_000 + Math.floor(random.float() * 5),
    );
  });
  // A series encodes to the same bytes whatever its neighbours are.
  const encoded = columns.map(encodeDecimals);
  const encodedStamps = stamps.map(encodeDeltas);
  return lanesOfKeys.map((lanes) => {
    const bytes = compressedBytes(placementOrder(series, lanes), encoded, encodedStamps);
    return bytes / (series.length * SAMPLES_PER_SERIES);
  });
}

function compressedBytes(
  order: Uint32Array,
  encoded: readonly Uint8Array[],
  encodedStamps: readonly Uint8Array[],
): number {
  let bytes = 0;
  let page: Uint8Array[] = [];
  let pageBytes = 0;
  let lastTarget = -1;
  const flush = (): void => {
    if (pageBytes > 0) bytes += zstdCompressSync(Buffer.concat(page)).length;
    page = [];
    pageBytes = 0;
    lastTarget = -1;
  };
  for (const id of order) {
    const target = Math.floor(id / 1000);
    const parts = [encoded[id]!];
    if (target !== lastTarget) parts.unshift(encodedStamps[target]!);
    lastTarget = target;
    for (const part of parts) {
      page.push(part);
      pageBytes += part.length;
    }
    if (pageBytes >= PAGE_BYTES_MAX) flush();
  }
  flush();
  return bytes;
}

function placementOrder(series: ReturnType<typeof fleet>, lanes: number): Uint32Array {
  const hasher = new SeriesHasher({ seed: [1, 2], lanes });
  const fingerprint = new Uint32Array(2);
  const placement = new Uint32Array(2);
  const keys = series.map(({ labels }) => {
    const bytes = encodeLabels(labelsOf(labels));
    hasher.hash(tenantId(0), bytes, 0, bytes.length, fingerprint, placement, 0);
    return [placement[1]!, placement[0]!, fingerprint[1]!] as const;
  });
  return Uint32Array.from(keys.keys()).sort((a, b) => {
    const [x, y] = [keys[a]!, keys[b]!];
    return x[0] - y[0] || x[1] - y[1] || x[2] - y[2];
  });
}

function encodeDeltas(column: Float64Array): Uint8Array {
  const bytes: number[] = [];
  let last = 0;
  let lastDelta = 0;
  for (const value of column) {
    const delta = value - last;
    pushVarint(bytes, zigzag(delta - lastDelta));
    last = value;
    lastDelta = delta;
  }
  return Uint8Array.from(bytes);
}

/** Values of the profile have at most two decimals: deltas of hundredths, exact. */
function encodeDecimals(column: Float64Array): Uint8Array {
  const bytes: number[] = [];
  let last = 0;
  for (const value of column) {
    const scaled = Math.round(value * 100);
    pushVarint(bytes, zigzag(scaled - last));
    last = scaled;
  }
  return Uint8Array.from(bytes);
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}
