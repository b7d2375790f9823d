/** Signals that ask nicely, and a data folder that is taken or cut up for other threads. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { LedgerLoad } from "#test/support/ledger-load.ts";
import { verifyLedger } from "#test/support/ledger-reader.ts";
import { Ledger } from "#test/support/ledger.ts";

const LOAD_MS = 300;
/** Far less than the grace that an unfinished request is given at a stop. */
const AT_ONCE_MS = 2000;
const EXIT_SIGTERM = 143;

let data = "";
const running: GyreProcess[] = [];
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "gyre-signals-"));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((gyre) => gyre.end("SIGKILL")));
  rmSync(data, { recursive: true, force: true });
});

async function started(...args: string[]): Promise<GyreProcess> {
  const gyre = await GyreProcess.start({ data, args });
  running.push(gyre);
  return gyre;
}

function newLedger(): Ledger {
  const baseMs = Date.now() - 3_600_000;
  return new Ledger({ connections: 8, seriesPerConnection: 12, baseMs });
}

/** Load for a while; resolves with it still running. */
async function underLoad(ledger: Ledger, gyre: GyreProcess): Promise<LedgerLoad> {
  const load = new LedgerLoad(ledger);
  load.start(gyre.port);
  await load.nextAck();
  await sleep(LOAD_MS);
  return load;
}

test("SIGTERM under load: an orderly end, and nothing acknowledged is lost", async () => {
  const ledger = newLedger();
  for (let round = 0; round < 3; round++) {
    const gyre = await started();
    expect((await verifyLedger(ledger, gyre.port, "all")).problems).toEqual([]);
    const load = await underLoad(ledger, gyre);
    const end = await gyre.end("SIGTERM");
    await load.stop();
    expect(end, gyre.log).toEqual({ code: 0, signal: null });
    expect(load.takeUnexpected()).toEqual([]);
  }
  const gyre = await started();
  const { problems, storedSamples } = await verifyLedger(ledger, gyre.port, "all");
  expect(problems).toEqual([]);
  expect(storedSamples).toBeGreaterThan(0);
  // A clean end states everything as durable: nothing is left to be copied as a tail.
  expect(gyre.log).not.toMatch(/"tornBytes":[1-9]|"corruptionCount":[1-9]/);
});

test("a second SIGTERM ends the process at once, with the shell's code for it", async () => {
  const gyre = await started();
  // An unfinished request holds the orderly stop up.
  const socket = connect(gyre.port, "127.0.0.1").on("error", () => undefined);
  await once(socket, "connect");
  socket.write("POST /api/v1/write HTTP/1.1\r\nHost: gyre\r\nContent-Length: 1000\r\n\r\nhalf");
  await sleep(200);
  gyre.signal("SIGTERM");
  await sleep(500);
  const startMs = performance.now();
  expect(await gyre.end("SIGTERM")).toEqual({ code: EXIT_SIGTERM, signal: null });
  expect(performance.now() - startMs).toBeLessThan(AT_ONCE_MS);
  socket.destroy();
});

test("a second process on the same data folder is refused, and the first goes on", async () => {
  const ledger = newLedger();
  const first = await started();
  const load = await underLoad(ledger, first);
  const second = await GyreProcess.launch({ data });
  running.push(second);
  const { code } = await second.ended();
  expect(code).not.toBe(0);
  expect(second.log).toContain(
    `cannot open ${data}: another process has it locked (process id ${first.pid})`,
  );
  expect(second.log).not.toMatch(/\n\s+at /);
  await load.nextAck();
  await load.stop();
  expect((await verifyLedger(ledger, first.port, "all")).problems).toEqual([]);
});

test("the data folder survives other numbers of shard workers", async () => {
  const ledger = newLedger();
  for (const workers of [2, 1, 3, 2]) {
    const gyre = await started(`--threads.shardWorkers=${workers}`);
    expect((await verifyLedger(ledger, gyre.port, "all")).problems).toEqual([]);
    const before = ledger.ackedRequests;
    const load = await underLoad(ledger, gyre);
    await gyre.end("SIGKILL");
    await load.stop();
    expect(ledger.ackedRequests, `${workers} workers`).toBeGreaterThan(before);
  }
  const gyre = await started("--threads.shardWorkers=1");
  expect((await verifyLedger(ledger, gyre.port, "all")).problems).toEqual([]);
});
