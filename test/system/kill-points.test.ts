/**
 * Death at exact places instead of random moments: on the way into the n-th write, sync or rename of
 * a thread, during the start and under load. And the fault that is no death: a sync that fails.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { LedgerLoad } from "#test/support/ledger-load.ts";
import { verifyLedger } from "#test/support/ledger-reader.ts";
import { Ledger } from "#test/support/ledger.ts";
import { metricSum } from "#test/support/metric-sum.ts";
import { faultWrapper } from "#test/support/syscall-fault.ts";
import type { SyscallFault } from "#test/support/syscall-fault.ts";

/** The load alone writes, so no point is hit while a test still reads. */
const NO_OWN_WRITES = "--selfScrape.interval=0";
/** Keepers write by the clock: their calls would be counted too. */
const NO_BLOCKS = "--storage.headWindow=0";
const FLUSHING = ["--storage.headWindow=1s", "--storage.shards=8"];
/** Every point comes long before this under load; a node that is alive then was not hit. */
const HIT_TIMEOUT_MS = 20_000;

let data = "";
let running: GyreProcess[] = [];
let ledger: Ledger;
beforeEach(() => {
  settings = [NO_BLOCKS];
  data = mkdtempSync(join(tmpdir(), "gyre-points-"));
  const baseMs = Date.now() - 3_600_000;
  ledger = new Ledger({ connections: 6, seriesPerConnection: 8, baseMs });
});
afterEach(async () => {
  await Promise.all(running.map((gyre) => gyre.end("SIGKILL")));
  running = [];
  rmSync(data, { recursive: true, force: true });
});

let settings: readonly string[] = [];

async function launched(wrapper: readonly string[] = []): Promise<GyreProcess> {
  const args = [NO_OWN_WRITES, ...settings];
  const gyre = await GyreProcess.launch({ data, wrapper, args });
  running.push(gyre);
  return gyre;
}

/** None when the node dies under the reader: a keeper is at work before it is read. */
async function problemsSeen(gyre: GyreProcess): Promise<readonly string[]> {
  try {
    return (await verifyLedger(ledger, gyre.port, "all")).problems;
  } catch (error) {
    const tooLong = sleep(HIT_TIMEOUT_MS, null, { ref: false });
    if ((await Promise.race([gyre.ended(), tooLong])) === null) throw error;
    return [];
  }
}

/** A life on what the others left: reads all of it, writes more, and must run into the fault. */
async function liveUntil(fault: SyscallFault): Promise<void> {
  const gyre = await launched(faultWrapper(fault));
  const load = new LedgerLoad(ledger);
  const isServing = await gyre.whenReady().then(
    () => true,
    () => false,
  );
  if (isServing) {
    expect(await problemsSeen(gyre)).toEqual([]);
    load.start(gyre.port);
  }
  const tooLong = sleep(HIT_TIMEOUT_MS, null, { ref: false });
  const end = await Promise.race([gyre.ended(), tooLong]);
  expect(end, gyre.log).toEqual({ code: null, signal: "SIGKILL" });
  await load.stop();
  expect(load.takeUnexpected()).toEqual([]);
}

async function expectAllThere(): Promise<void> {
  const gyre = await launched();
  await gyre.whenReady();
  const { problems } = await verifyLedger(ledger, gyre.port, "all");
  expect(problems).toEqual([]);
  expect(gyre.log).not.toMatch(/"corruptionCount":[1-9]|damaged|records are lost/);
  await gyre.end("SIGKILL");
}

/** In this order: each life leaves a torn log for the next one's recovery to be killed in. */
const POINTS = [
  ["fdatasync", "30"],
  // Of the main thread, before any log opens: the node file and the folders.
  ["pwrite64", "1"],
  ["fdatasync", "1"],
  ["rename", "1"],
  ["fsync", "1"],
  ["fsync", "3"],
  // Of log threads: taking over the tail, the header that vouches for it, commits.
  ["pwrite64", "2"],
  ["fdatasync", "2"],
  ["pwrite64", "9"],
  ["pwrite64", "2"],
  ["pwrite64", "3"],
  ["fdatasync", "3"],
] as const;

test("killed on the way into chosen writes, syncs and renames, one life after the other", async () => {
  for (const [syscall, when] of POINTS) {
    await liveUntil({ syscall, when, effect: "signal=SIGKILL" });
  }
  await expectAllThere();
  expect(ledger.ackedRequests).toBeGreaterThan(0);
});

/**
 * Of keeper threads, whose counts go beyond those of others: a flush renames block, series log and
 * manifest, syncs folders after each, and its manifest unlinks older ones.
 */
const FLUSH_POINTS = [
  ["rename", "2"],
  ["rename", "3"],
  ["fsync", "9"],
  ["rename", "4"],
  ["unlink", "1"],
  ["fsync", "14"],
  ["unlink", "2"],
  ["rename", "5"],
] as const;

test("killed on the way from the log into blocks", async () => {
  settings = FLUSHING;
  for (const [syscall, when] of FLUSH_POINTS) {
    await liveUntil({ syscall, when, effect: "signal=SIGKILL" });
  }
  await expectAllThere();
  expect(ledger.ackedRequests).toBeGreaterThan(0);
});

test("after a failed sync nothing more is acknowledged, reads go on, a restart heals", async () => {
  const wrapper = faultWrapper({ syscall: "fdatasync", when: "20+", effect: "error=EIO" });
  const gyre = await launched(wrapper);
  await gyre.whenReady();
  const load = new LedgerLoad(ledger);
  load.start(gyre.port);
  await load.nextAck();
  const isFaulted = async (): Promise<boolean> => {
    const metrics = await (await fetch(`${gyre.url}/metrics`)).text();
    return metrics.split("\n").some((line) => /^gyre_log_writable.* 0$/.test(line));
  };
  while (!(await isFaulted())) await sleep(20);
  expect((await fetch(`${gyre.url}/api/v1/query?query=ledger`)).status).toBe(200);
  await load.stop();
  await gyre.end("SIGKILL");
  expect(load.takeUnexpected()).toEqual([]);
  await expectAllThere();
});

test("while no block can be finished writes and reads go on, and a restart heals", async () => {
  settings = FLUSHING;
  // The first one of a keeper names a block, the next the series log; the main thread has one.
  const wrapper = faultWrapper({ syscall: "rename", when: "2+", effect: "error=EIO" });
  const gyre = await launched(wrapper);
  await gyre.whenReady();
  const load = new LedgerLoad(ledger);
  load.start(gyre.port);
  while ((await metricSum(gyre.url, "gyre_storage_flush_failures_total")) < 3) await sleep(20);
  await load.nextAck();
  expect(await metricSum(gyre.url, "gyre_storage_flushes_total")).toBe(0);
  await load.stop();
  expect(load.takeUnexpected()).toEqual([]);
  expect((await verifyLedger(ledger, gyre.port, "all")).problems).toEqual([]);
  expect(gyre.log).toMatch(/cannot write blocks: tried again until it works/);
  await gyre.end("SIGKILL");
  const healed = await launched();
  await healed.whenReady();
  while ((await metricSum(healed.url, "gyre_storage_flushes_total")) < 3) await sleep(20);
  expect((await verifyLedger(ledger, healed.port, "all")).problems).toEqual([]);
});
