/**
 * What receivers remember of senders must never decide what is stored. Heads are cut every second, so
 * that series leave them, come back, and refs are given out anew, while senders change connections.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { LedgerLoad, type LedgerLoadOptions } from "#test/support/ledger-load.ts";
import { verifyLedger } from "#test/support/ledger-reader.ts";
import { Ledger } from "#test/support/ledger.ts";
import { metricSum } from "#test/support/metric-sum.ts";
import { flushingCampaign } from "./campaigns/flushing-campaign.ts";

const SENDERS = 64;
const SERIES_PER_SENDER = 8;
/** Every short-lived series is replaced a few times. */
const REQUESTS_MIN: number = SENDERS * 50;
const FLUSHES_MIN = 16;
const SAMPLE_AGE_MS = 3_600_000;

const WAYS: readonly (readonly [name: string, options: LedgerLoadOptions])[] = [
  ["a connection per request", { reconnects: true }],
  ["64 senders over 16 connections, in any order", { sockets: 16 }],
];

test.each(WAYS)("%s: all samples are where they belong", async (_, options) => {
  const data = mkdtempSync(join(tmpdir(), "gyre-receivers-"));
  const { env = {} } = flushingCampaign("1s");
  const gyre = await GyreProcess.start({ data, env });
  try {
    const ledger = new Ledger({
      connections: SENDERS,
      seriesPerConnection: SERIES_PER_SENDER,
      baseMs: Date.now() - SAMPLE_AGE_MS,
    });
    const load = new LedgerLoad(ledger, options);
    load.start(gyre.port);
    const isEnough = async (): Promise<boolean> =>
      ledger.ackedRequests >= REQUESTS_MIN &&
      (await metricSum(gyre.url, "gyre_storage_flushes_total")) >= FLUSHES_MIN;
    while (!(await isEnough())) await load.nextAck();
    await load.stop();
    expect(load.takeUnexpected()).toEqual([]);
    await load.retryUnacked(gyre.port);
    const { problems } = await verifyLedger(ledger, gyre.port, "all");
    expect(problems).toEqual([]);
  } finally {
    await gyre.end("SIGKILL");
    rmSync(data, { recursive: true, force: true });
  }
});
