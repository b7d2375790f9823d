/**
 * Prebuilt write requests, so that a sender spends nothing on making them and every server gets the
 * same bytes. One file per round of scrapes: frames of {u32 compressed bytes, u32 samples} + body
 * (remote write 1.0, snappy). Built once per set of options and kept in a cache folder outside the
 * project.
 */
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import snappy from "snappy";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { FleetValues, fleet } from "./node-exporter-profile.ts";
import { encodeLabelFields } from "./label-fields.ts";
import { writeVarint } from "./write-varint.ts";

export interface PayloadOptions {
  readonly instances: number;
  readonly rounds: number;
  readonly samplesPerRequest: number;
  /** Scrape order, one fixed shuffle, or a new shuffle every round. */
  readonly order: "scrape" | "shuffled" | "reshuffled";
}

export const SCRAPE_INTERVAL_MS = 10_000;
/** Bytes a series takes in a body at most; bounds the scratch buffer. */
const SERIES_BYTES_MAX = 1024;
const SEED = 20_261_120;

/** Folder with the files `round-000.bin`, ... of these options; builds them when absent. */
export function payloadFolder(options: PayloadOptions): string {
  const { instances, rounds, samplesPerRequest, order } = options;
  const root = process.env["GYRE_BENCH_CACHE"] ?? join(tmpdir(), "gyre-bench");
  const folder = join(root, `ingest-${instances}x${rounds}-${samplesPerRequest}-${order}`);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  build(options, partial);
  renameSync(partial, folder);
  return folder;
}

export function roundFile(folder: string, round: number): string {
  return join(folder, `round-${String(round).padStart(3, "0")}.bin`);
}

function build(options: PayloadOptions, folder: string): void {
  const series = fleet(options.instances);
  const values = new FleetValues(series, SEED);
  const random = new SeededRandom(SEED + 1);
  const labels = series.map(encodeLabelFields);
  const order = Uint32Array.from(series, (_, i) => i);
  if (options.order !== "scrape") shuffle(order, random);
  // Each target is scraped at its own offset inside the interval, as a scrape manager spreads them.
  const offsets = Array.from({ length: options.instances }, () => Math.floor(random.float() * 1e4));
  const startMs = Date.now() - 3_600_000;
  for (let round = 0; round < options.rounds; round++) {
    if (round > 0) values.step();
    if (options.order === "reshuffled") shuffle(order, random);
    const file = openSync(roundFile(folder, round), "w");
    for (let from = 0; from < order.length; from += options.samplesPerRequest) {
      const part = order.subarray(from, from + options.samplesPerRequest);
      const body = encodeBody(part, labels, values.values, (id) => {
        return startMs + round * SCRAPE_INTERVAL_MS + offsets[Math.floor(id / 1000)]!;
      });
      const compressed = snappy.compressSync(body) as Buffer;
      const header = Buffer.alloc(8);
      header.writeUInt32LE(compressed.length, 0);
      header.writeUInt32LE(part.length, 4);
      writeSync(file, header);
      writeSync(file, compressed);
    }
    closeSync(file);
  }
}

function encodeBody(
  ids: Uint32Array,
  labels: readonly Uint8Array[],
  values: Float64Array,
  timestampOf: (id: number) => number,
): Buffer {
  const bytes = Buffer.allocUnsafe(ids.length * SERIES_BYTES_MAX);
  let at = 0;
  for (const id of ids) {
    const label = labels[id]!;
    const sample = encodeSample(values[id]!, timestampOf(id));
    at = bytes.writeUInt8(0x0a, at);
    at = writeVarint(bytes, at, label.length + sample.length);
    bytes.set(label, at);
    at += label.length;
    bytes.set(sample, at);
    at += sample.length;
  }
  return bytes.subarray(0, at);
}

/** A zero value is left out, as protobuf encoders do. */
function encodeSample(value: number, timestampMs: number): Uint8Array {
  const bytes = Buffer.alloc(24);
  let at = 2;
  if (!Object.is(value, 0)) {
    at = bytes.writeUInt8(0x09, at);
    at = bytes.writeDoubleLE(value, at);
  }
  at = bytes.writeUInt8(0x10, at);
  at = writeVarint(bytes, at, timestampMs);
  bytes[0] = 0x12;
  bytes[1] = at - 2;
  return bytes.subarray(0, at);
}

function shuffle(order: Uint32Array, random: SeededRandom): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random.float() * (i + 1));
    const swapped = order[i]!;
    order[i] = order[j]!;
    order[j] = swapped;
  }
}
