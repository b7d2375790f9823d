/**
 * Two days of churn: of the live series a tenth is replaced every hour, the others go on. What a node
 * holds for them must not grow: head memory, its index included, series of the head, series log,
 * manifest, log segments, and the heap of the process where it can be measured.
 */
import { SeededRandom } from "#runtime/seeded-random.ts";
import { labelsOf } from "#model/labels.ts";
import type { ShardId } from "#model/refs.ts";
import { bitsOf } from "#test/support/batch-builder.ts";
import { kernelPageTools } from "#test/support/kernel-pages.ts";
import { pathsOf } from "../disk-tree-model.ts";
import { DiskModel } from "../disk-model.ts";
import { KEEPER_SHARDS, type KeeperRow } from "../keeper-node.ts";
import { TimedNode } from "../timed-node.ts";
import { WalDisk } from "../wal-disk.ts";
import type { CampaignOptions, CampaignResult } from "./campaign.ts";

const HOUR_MS = 3_600_000;
const START_MS: number = Date.UTC(2026, 0, 1);
const HOURS = 48;
/** Scrapes; six to an hour are enough to keep series alive, and a day of them is affordable. */
const STEP_MS = 600_000;
const STEPS_PER_HOUR: number = HOUR_MS / STEP_MS;
const REPLACED_PER_HOUR = 0.1;
const ROWS_PER_BATCH = 1000;
/** Peaks of the later part against those of the earlier one. */
const GROWTH_MAX = 1.1;
/** What fills up; then two parts, each longer than the 15 hours between two whole series logs. */
const FILLING_SHARE = 0.25;
const LATER_SHARE = 0.625;
const MIB: number = 1024 * 1024;
/** A segment takes about an hour of the log, so that truncation shows. */
const SEGMENT_BYTES_PER_SERIES = 64;
const SEGMENT_BYTES_MIN: number = 64 * 1024;
const RING_BYTES: number = 64 * MIB;
const HEAD_BYTES_MAX: number = 512 * MIB;

/**
 * Below these many bytes nothing is growth: files are written anew by their size, whatever is in
 * them, so with few series they grow for days.
 */
const SMALL_BYTES = new Map([
  ["series log bytes", 2 * MIB],
  ["manifest bytes", 256 * 1024],
]);

/** By name, what is held; peaks over some hours. */
type Peaks = Map<string, number>;

/** `count`: live series. */
export async function runChurn(
  { seed, count, progress }: CampaignOptions,
  hours: number = HOURS,
): Promise<CampaignResult> {
  const day = new ChurnDay(seed, count);
  await day.open();
  const early: Peaks = new Map();
  const late: Peaks = new Map();
  for (let hour = 0; hour < hours; hour++) {
    const held = await day.hour();
    const peaks = hour < LATER_SHARE * hours ? early : late;
    for (const [name, value] of held) {
      if (hour < FILLING_SHARE * hours) continue;
      peaks.set(name, Math.max(peaks.get(name) ?? 0, value));
    }
    progress(`  hour ${hour + 1}: ${[...held].map(([name, n]) => `${name} ${n}`).join(", ")}`);
  }
  const lines: string[] = [];
  const faults: string[] = [];
  for (const [name, value] of late) {
    const before = early.get(name)!;
    const line = `${name} ${before}, later ${value}`;
    lines.push(`  ${line}`);
    const most = Math.max(GROWTH_MAX * before, SMALL_BYTES.get(name) ?? 0);
    if (value > most) faults.push(`seed ${seed}: ${line}`);
  }
  lines.push(
    `churn: seed ${seed}, ${hours} hours of ${count} live series, ${day.seriesEver} ever, ` +
      `${day.samples} samples; ${lines.map((line) => line.trim()).join("; ")}; ` +
      `${faults.length} of them grew`,
  );
  return { lines, faults };
}

class ChurnDay {
  readonly #model = new DiskModel();
  readonly #timed: TimedNode;
  /** Number of the series that lives in each place. */
  readonly #live: Uint32Array;
  #elapsedMs = 0;
  #nextPlace = 0;
  seriesEver = 0;
  samples = 0;

  constructor(seed: number, live: number) {
    this.#live = Uint32Array.from({ length: live }, () => this.seriesEver++);
    this.#timed = new TimedNode({
      disk: new WalDisk(this.#model),
      history: null,
      life: 1,
      random: new SeededRandom(seed),
      clock: { wallMs: () => START_MS + this.#elapsedMs, monoMs: () => this.#elapsedMs },
      segmentBytesMax: Math.max(SEGMENT_BYTES_MIN, SEGMENT_BYTES_PER_SERIES * live),
      ringBytes: RING_BYTES,
      headBytesMax: HEAD_BYTES_MAX,
      tools: kernelPageTools(),
    });
  }

  async open(): Promise<void> {
    await this.#timed.open();
  }

  /** What is held at its end. */
  async hour(): Promise<Map<string, number>> {
    for (let step = 0; step < STEPS_PER_HOUR; step++) {
      this.#elapsedMs += STEP_MS;
      this.#replace();
      for (let place = 0; place < this.#live.length; place += ROWS_PER_BATCH) {
        await this.#send(place, Math.min(place + ROWS_PER_BATCH, this.#live.length));
      }
      await this.#timed.work();
    }
    return this.#held();
  }

  #replace(): void {
    const count = Math.round((REPLACED_PER_HOUR * this.#live.length) / STEPS_PER_HOUR);
    for (let i = 0; i < count; i++) {
      this.#live[this.#nextPlace] = this.seriesEver++;
      this.#nextPlace = (this.#nextPlace + 1) % this.#live.length;
    }
  }

  async #send(from: number, to: number): Promise<void> {
    const rows: KeeperRow[] = [];
    const timestampMs = START_MS + this.#elapsedMs;
    for (let place = from; place < to; place++) {
      const instance = `10.0.${place >>> 8}.${place & 255}:9100`;
      const series = labelsOf([
        ["__name__", "up"],
        ["instance", instance],
        ["pod", `pod-${this.#live[place]!}`],
      ]);
      rows.push({ series, timestampMs, bits: bitsOf(place % 97) });
    }
    this.samples += rows.length;
    const shard: ShardId = KEEPER_SHARDS[(from / ROWS_PER_BATCH) % KEEPER_SHARDS.length]!;
    this.#timed.node.send(shard, rows);
    await this.#timed.commit();
  }

  #held(): Map<string, number> {
    const stats = this.#timed.node.log.stats();
    const sum = (of: (one: (typeof stats)[number]) => number): number =>
      stats.reduce((total, one) => total + of(one), 0);
    const held = new Map([
      ["head series", sum(({ seriesCount }) => seriesCount)],
      ["head bytes", sum(({ usedBytes }) => usedBytes)],
      ["head bytes reserved", sum(({ reservedBytes }) => reservedBytes)],
      ["series log bytes", this.#fileBytes("/series/")],
      ["manifest bytes", this.#fileBytes("/manifest/")],
      ["log bytes", this.#fileBytes("wal/")],
    ]);
    if (globalThis.gc !== undefined) {
      globalThis.gc();
      held.set("heap bytes", process.memoryUsage().heapUsed);
    }
    return held;
  }

  #fileBytes(part: string): number {
    let bytes = 0;
    for (const [path, node] of pathsOf(this.#model.tree.root, "live")) {
      if (node.kind === "file" && path.includes(part)) bytes += node.file.live.size;
    }
    return bytes;
  }
}
