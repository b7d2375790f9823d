/** Covers: cluster/roles/jobs/scrub-counters.ts */
import { expect, test } from "vitest";
import { EngineError } from "#base/engine-error.ts";
import { listClosedSegments } from "#cluster/roles/jobs/list-closed-segments.ts";
import { LogScrub } from "#cluster/roles/jobs/log-scrub.ts";
import type { LogScrubOptions } from "#cluster/roles/jobs/log-scrub.ts";
import {
  allocateScrubCounters,
  collectScrubCounters,
  ScrubCounters,
} from "#cluster/roles/jobs/scrub-counters.ts";
import { verifySegment } from "#cluster/roles/jobs/verify-segment.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";
import { DiskModel } from "#test/sim/disk-model.ts";
import { SimLogger } from "#test/sim/sim-logger.ts";
import { WalDisk } from "#test/sim/wal-disk.ts";
import { walIdentity } from "#test/sim/wal-world.ts";
import { changedDisk, flipBit, makeClosedLog } from "#test/support/closed-log.ts";

const log = await makeClosedLog();
const intact = new WalDisk(DiskModel.from(log));
const closed = await listClosedSegments(intact, walIdentity);
const DAY_MS = 86_400_000;

/** The jobs run here, on a disk that tests may swap, and time passes when a test says so. */
class ScrubRig {
  disk: WalDisk = intact;
  failure: EngineError | null = null;
  readonly buffer = allocateScrubCounters();
  readonly logger = new SimLogger(() => 0);
  readonly delays: number[] = [];
  readonly scrub: LogScrub;
  #fire: (() => void) | null = null;

  constructor(intervalMs = DAY_MS) {
    this.scrub = new LogScrub({
      pool: { run: this.#run.bind(this) as LogScrubOptions["pool"]["run"] },
      logs: [{ data: "", identity: walIdentity }],
      intervalMs,
      counters: new ScrubCounters(this.buffer),
      clock: { wallMs: () => 1_700_000_000_000, monoMs: () => 0 },
      timers: {
        after: (delayMs, fire) => {
          this.delays.push(delayMs);
          this.#fire = fire;
          return { cancel: () => (this.#fire = null) };
        },
      },
      logger: this.logger,
    });
  }

  /** One pass; resolves when the next one is scheduled. */
  async pass(): Promise<void> {
    const count = this.delays.length;
    this.#fire?.();
    while (this.delays.length === count) await new Promise((resolve) => setImmediate(resolve));
  }

  get isScheduled(): boolean {
    return this.#fire !== null;
  }

  value(name: string): number {
    const family = collectScrubCounters(this.buffer).find((one) => one.name === name);
    expect(family?.samples).toMatchObject([{ labels: [] }]);
    return family!.samples[0]!.value;
  }

  async #run(name: string, args: { segment: never }, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    if (name === "list-closed-segments") return listClosedSegments(this.disk, walIdentity);
    if (this.failure !== null) throw this.failure;
    return verifySegment(this.disk, walIdentity.logId, args.segment, async () => {});
  }
}

test("passes over every finished segment, first soon after start and then daily", async () => {
  const rig = new ScrubRig();
  rig.scrub.start();
  await rig.pass();
  expect(rig.value("gyre_scrub_segments_total")).toBe(closed.segments.length);
  const bytes = closed.segments.reduce((sum, { end }) => sum + end, 0);
  expect(rig.value("gyre_scrub_bytes_total")).toBe(bytes);
  expect(rig.value("gyre_scrub_corruptions_total")).toBe(0);
  expect(rig.value("gyre_scrub_last_pass_timestamp_seconds")).toBe(1_700_000_000);
  await rig.pass();
  expect(rig.value("gyre_scrub_passes_total")).toBe(2);
  expect(rig.delays).toEqual([30_000, DAY_MS, DAY_MS]);
  expect(rig.logger.lines).toEqual([]);
});

test("a short interval begins at once", () => {
  const rig = new ScrubRig(1000);
  rig.scrub.start();
  expect(rig.delays).toEqual([1000]);
});

test("a flipped bit is counted and logged once, and its bytes show until they are gone", async () => {
  const rig = new ScrubRig();
  rig.scrub.start();
  await rig.pass();
  const { segmentId } = closed.segments[1]!;
  rig.disk = changedDisk(log, segmentId, flipBit(200, 3));
  await rig.pass();
  await rig.pass();
  expect(rig.value("gyre_scrub_corruptions_total")).toBe(1);
  expect(rig.value("gyre_scrub_damaged_bytes")).toBeGreaterThanOrEqual(48);
  expect(rig.logger.lines).toHaveLength(1);
  expect(rig.logger.lines[0]).toContain("error scrub found damage");
  expect(rig.logger.lines[0]).toContain(`log=7 kind=record segmentId=${segmentId}`);
  rig.disk = intact;
  await rig.pass();
  expect(rig.value("gyre_scrub_damaged_bytes")).toBe(0);
});

test("damage to a header counts too", async () => {
  const rig = new ScrubRig();
  rig.disk = changedDisk(log, closed.segments[1]!.segmentId, flipBit(20, 0));
  rig.scrub.start();
  await rig.pass();
  expect(rig.value("gyre_scrub_corruptions_total")).toBe(1);
  expect(rig.logger.lines[0]).toContain("kind=header");
});

test("a job that fails is counted, and the pass goes on", async () => {
  const rig = new ScrubRig();
  rig.failure = new EngineError(runtimeErrors.diskIo, "cannot read: broken");
  rig.scrub.start();
  await rig.pass();
  expect(rig.value("gyre_scrub_failures_total")).toBe(closed.segments.length);
  expect(rig.value("gyre_scrub_segments_total")).toBe(0);
  expect(rig.value("gyre_scrub_passes_total")).toBe(1);
  rig.failure = new EngineError(runtimeErrors.workerBusy, "busy");
  await rig.pass();
  expect(rig.value("gyre_scrub_failures_total")).toBe(closed.segments.length);
});

test("stop ends the schedule", async () => {
  const rig = new ScrubRig();
  rig.scrub.start();
  expect(rig.isScheduled).toBe(true);
  await rig.scrub.stop();
  expect(rig.isScheduled).toBe(false);
});
