/**
 * The file of a block is gone. The first answers that needed it say so, by name; the block is taken
 * out, counted, and what the others hold goes on to be served.
 * Covers: src/tsdb/manifest/block-set.ts, src/tsdb/block/block-file.ts
 */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { metricSum } from "#test/support/metric-sum.ts";
import { queryInstant } from "#test/support/query-api.ts";
import { snappyBody, type TestSeries } from "#test/support/remote-write-body.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";

const HOUR_MS = 3_600_000;
const ARGS = [
  ...["--storage.headWindow", "1s", "--storage.shards", "1", "--storage.lanes", "1"],
  ...["--selfScrape.interval", "0", "--storage.retention1m", "0", "--storage.retention1h", "0"],
];
const WAIT_MS = 60_000;
/** Four ranges of blocks, in none of which a merge is due. */
const startMs = Math.floor(Date.now() / (24 * HOUR_MS)) * 24 * HOUR_MS - 8 * HOUR_MS;
const BLOCKS = 4;

const started = new AsyncDisposableStack();
const data = join(started.use(new ScratchFolder()).path, "data");
const folder = join(data, "shards", "00000", "blocks");

afterAll(() => started.disposeAsync());

function blocks(): readonly string[] {
  return readdirSync(folder).filter((name) => name.endsWith(".blk"));
}

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  const deadlineMs = performance.now() + WAIT_MS;
  while (!(await isSo())) expect(performance.now()).toBeLessThan(deadlineMs);
}

test("what a lost file held is named once, the rest is served", async () => {
  const first = await GyreProcess.start({ data, args: ARGS });
  const series: TestSeries = {
    labels: [["__name__", "m"]],
    samples: Array.from({ length: BLOCKS }, (_, i) => [startMs + i * 2 * HOUR_MS, i] as const),
  };
  const response = await fetch(`${first.url}/api/v1/write`, {
    method: "POST",
    headers: { "content-type": "application/x-protobuf", "content-encoding": "snappy" },
    body: snappyBody([series]) as Uint8Array<ArrayBuffer>,
  });
  expect(response.status).toBe(204);
  await until(async () => (await metricSum(first.url, "gyre_storage_flushes_total")) > 0);
  await first.end("SIGTERM");
  const whole = blocks().length;
  rmSync(join(folder, blocks()[0]!));

  const gyre = await GyreProcess.start({ data, args: ARGS });
  started.defer(async () => void (await gyre.end("SIGTERM")));
  expect(gyre.log).toContain("a block that the manifest lists is not on the disk");
  const params = new URLSearchParams({
    query: "count_over_time(m[1h])",
    start: String(startMs / 1000),
    end: String(startMs / 1000 + 8 * 3600),
    step: "3600",
  });
  const partial = await fetch(`${gyre.url}/api/v1/query_range?${params}`);
  expect([partial.status, partial.headers.get("x-partial")]).toEqual([200, "1"]);
  expect(await partial.text()).toMatch(
    /cannot read shards\/00000\/blocks\/\d+\.blk: the file is gone/,
  );
  await until(
    async () => (await metricSum(gyre.url, "gyre_storage_blocks_quarantined_total")) === 1,
  );
  let left = 0;
  await until(async () => {
    const query = queryInstant(gyre.url, "count_over_time(m[1d])", startMs + 8 * HOUR_MS);
    left = Number((await query.catch(() => null))?.result[0]?.value?.[1] ?? 0);
    return left > 0;
  });
  expect(left).toBeLessThan(BLOCKS);
  expect(blocks().length).toBeLessThan(whole);
});
