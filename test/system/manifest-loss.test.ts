/**
 * Manifests of a node are put back to what they were: the shards that lost something by it are out
 * of service and say so, and the node serves what the others hold.
 * Covers: src/tsdb/manifest/manifest-loss.ts, cluster/roles/hosted-log.ts
 */
import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { metricSum } from "#test/support/metric-sum.ts";
import { snappyBody, type TestSeries } from "#test/support/remote-write-body.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";

const ARGS = [
  ...["--storage.headWindow", "1s", "--storage.outOfOrderWindow", "0", "--storage.shards", "2"],
  ...["--storage.lanes", "1", "--selfScrape.interval", "0", "--threads.shardWorkers", "1"],
];
const SERIES = 40;
const WAIT_MS = 60_000;

const started = new AsyncDisposableStack();
const data = join(started.use(new ScratchFolder()).path, "data");

afterAll(() => started.disposeAsync());

async function write(gyre: GyreProcess, atMs: number): Promise<number> {
  const series = Array.from({ length: SERIES }, (_, n): TestSeries => ({
    labels: [
      ["__name__", "m"],
      ["n", String(n)],
    ],
    samples: [[atMs, n]],
  }));
  const response = await fetch(`${gyre.url}/api/v1/write`, {
    method: "POST",
    headers: { "content-type": "application/x-protobuf", "content-encoding": "snappy" },
    body: snappyBody(series) as Uint8Array<ArrayBuffer>,
  });
  await response.arrayBuffer();
  return response.status;
}

async function flushed(gyre: GyreProcess, least: number): Promise<void> {
  const deadlineMs = performance.now() + WAIT_MS;
  while ((await metricSum(gyre.url, "gyre_storage_flushes_total")) < least) {
    expect(performance.now()).toBeLessThan(deadlineMs);
  }
  // What the log says of it comes a moment later, and is durable after a clean stop.
  await new Promise((resolve) => setTimeout(resolve, 1000));
}

test("a shard with an earlier manifest is not served, and says so", async () => {
  const nowMs = Date.now();
  const first = await GyreProcess.start({ data, args: ARGS });
  expect(await write(first, nowMs - 60_000)).toBe(204);
  await flushed(first, 2);
  await first.end("SIGTERM");
  const manifest = join(data, "shards", "00000", "manifest");
  const kept = join(data, "..", "kept");
  cpSync(manifest, kept, { recursive: true });

  const second = await GyreProcess.start({ data, args: ARGS });
  expect(await write(second, nowMs)).toBe(204);
  await flushed(second, 2);
  await second.end("SIGTERM");
  rmSync(manifest, { recursive: true });
  cpSync(kept, manifest, { recursive: true });
  const blocks = (): string[] => readdirSync(join(data, "shards", "00000", "blocks"));
  const before = blocks();

  const third = await GyreProcess.start({ data, args: ARGS });
  expect(await metricSum(third.url, "gyre_shards_faulted")).toBe(1);
  expect(third.log).toContain("its manifest was lost or rolled back");
  const answer = await fetch(`${third.url}/api/v1/query?query=count(m)`);
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain("cannot read shards 0");
  expect(await write(third, nowMs + 1000)).toBe(503);
  expect(blocks()).toEqual(before);
  await third.end("SIGTERM");

  const fourth = await GyreProcess.start({ data, args: [...ARGS, "--storage.acceptLoss", "0"] });
  expect(await metricSum(fourth.url, "gyre_shards_faulted")).toBe(0);
  expect(await metricSum(fourth.url, "gyre_shards_incomplete")).toBe(1);
  expect(await write(fourth, nowMs + 2000)).toBe(204);
  const left = await fetch(`${fourth.url}/api/v1/query?query=count(m)&time=${nowMs / 1000 + 2}`);
  expect([left.status, await left.text()]).toEqual([200, expect.stringContaining(`"${SERIES}"`)]);
  await flushed(fourth, 2);
  await fourth.end("SIGTERM");

  const fifth = await GyreProcess.start({ data, args: ARGS });
  started.defer(async () => void (await fifth.end("SIGTERM")));
  expect(await metricSum(fifth.url, "gyre_shards_faulted")).toBe(0);
});
