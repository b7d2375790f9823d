/**
 * Snapshots of a running node: taken, listed, verified, restored into another folder, where a node
 * gives the same answers, whatever became of the first one meanwhile; and deleted.
 * Covers: src/tsdb/snapshot/, src/cli/commands/snapshot.ts, cluster/roles/shard-snapshots.ts
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { askApi, queryRange } from "#test/support/query-api.ts";
import { snappyBody, type TestSeries } from "#test/support/remote-write-body.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";

const MAIN = new URL("../../cluster/main.ts", import.meta.url).pathname;
const HOUR_MS = 3_600_000;
const ARGS = ["--selfScrape.interval", "0", "--http.adminApi", "on", "--storage.shards", "4"];
const SERIES = 50;
const SAMPLES = 300;
const STEP_MS = 30_000;
const QUERIES = ["m", "sum by (n) (rate(m[5m]))", "count(m)", "quantile(0.9, m)"];
const startMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 10 * HOUR_MS;

const started = new AsyncDisposableStack();
const root = started.use(new ScratchFolder()).path;
const data = join(root, "data");
let gyre: GyreProcess;

beforeAll(async () => {
  gyre = await GyreProcess.start({ data, args: ARGS });
  started.defer(async () => void (await gyre.end("SIGTERM")));
  await write(gyre, 0, SAMPLES);
});

afterAll(() => started.disposeAsync());

async function write(node: GyreProcess, from: number, to: number): Promise<void> {
  const series = Array.from({ length: SERIES }, (_, n): TestSeries => ({
    labels: [
      ["__name__", "m"],
      ["n", String(n % 7)],
      ["series", String(n)],
    ],
    samples: Array.from({ length: to - from }, (_sample, i) => {
      return [startMs + (from + i) * STEP_MS, n * (from + i)] as const;
    }),
  }));
  const response = await fetch(`${node.url}/api/v1/write`, {
    method: "POST",
    headers: { "content-type": "application/x-protobuf", "content-encoding": "snappy" },
    body: snappyBody(series) as Uint8Array<ArrayBuffer>,
  });
  expect(response.status).toBe(204);
}

async function answers(node: GyreProcess, ms: number): Promise<unknown> {
  const range = { startMs, endMs: ms, stepMs: 10 * STEP_MS };
  return await Promise.all(QUERIES.map((query) => queryRange(node.url, query, range)));
}

function run(...args: string[]): { readonly out: string; readonly code: number | null } {
  const { stdout, stderr, status } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: "utf8",
  });
  return { out: stdout + stderr, code: status };
}

async function post(path: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${gyre.url}${path}`, { method: "POST" });
  return (await response.json()) as Record<string, unknown>;
}

test("a restored snapshot gives the same answers", async () => {
  const endMs = startMs + (SAMPLES - 1) * STEP_MS;
  const want = await answers(gyre, endMs);
  const created = run("snapshot", "create", "--url", gyre.url);
  expect(created.code, created.out).toBe(0);
  const name = created.out.trim();
  expect(name).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{16}$/);
  // The first node goes on, and its blocks go their own way.
  await write(gyre, SAMPLES, SAMPLES + 100);
  const gone = await fetch(`${gyre.url}/api/v1/admin/tsdb/delete_series?match[]=m`, {
    method: "POST",
  });
  expect(gone.status).toBe(204);
  expect(await post("/api/v1/admin/tsdb/clean_tombstones").catch(() => null)).toBeNull();
  expect(await askApi<string[]>(gyre.url, "label/series/values")).toEqual([]);

  expect(run("snapshot", "list", "--data", data).out.trim()).toBe(name);
  const verified = run("snapshot", "verify", name, "--data", data);
  expect(verified.code, verified.out).toBe(0);
  expect(verified.out).toMatch(/blocks +[1-9]\d* +\d+ +0/);
  const to = join(root, "restored");
  const restored = run("snapshot", "restore", name, "--data", data, "--to", to);
  expect(restored.code, restored.out).toBe(0);
  expect(run("snapshot", "restore", name, "--data", data, "--to", to).out).toContain("want none");

  const other = await GyreProcess.start({ data: to, args: ARGS });
  started.defer(async () => void (await other.end("SIGTERM")));
  expect(await answers(other, endMs)).toEqual(want);
  // Its series are known there: samples go on behind theirs.
  await write(other, SAMPLES, SAMPLES + 1);
  const last = `count(last_over_time(m[${STEP_MS}ms]))`;
  const at = { startMs: endMs + STEP_MS, endMs: endMs + STEP_MS, stepMs: 1000 };
  const { result } = await queryRange(other.url, last, at);
  expect(result[0]?.values?.[0]?.[1]).toBe(String(SERIES));
});

test("restored with more shards, a node gives the same answers", async () => {
  // Something that no deletion concerns any more.
  await write(gyre, SAMPLES + 200, 2 * SAMPLES + 200);
  const endMs = startMs + (2 * SAMPLES + 199) * STEP_MS;
  const want = await answers(gyre, endMs);
  const name = run("snapshot", "create", "--url", gyre.url).out.trim();
  const to = join(root, "split");
  const place = ["--data", data, "--to", to];
  const split = run("snapshot", "restore", name, ...place, "--shards", "16");
  expect(split.out).toContain("restored 16 shards");
  // Settings of a new folder: an existing one keeps its number.
  const node = await GyreProcess.start({ data: to, args: ARGS });
  expect(await answers(node, endMs)).toEqual(want);
  await write(node, 2 * SAMPLES + 200, 2 * SAMPLES + 210);
  expect(await answers(node, endMs)).toEqual(want);
  const kept = run("snapshot", "create", "--url", node.url).out.trim();
  const later = await answers(node, endMs + 10 * STEP_MS);
  await node.end("SIGTERM");
  const blocks = run("inspect", "blocks", "--data", to);
  expect(blocks.code, blocks.out).toBe(0);
  expect(blocks.out).toMatch(/ok, of shard \d: placements [0-9a-f]{8}-[0-9a-f]{8}/);
  expect(run("inspect", "verify", "--data", to).code).toBe(0);
  // Once more, of what is shared already.
  const again = join(root, "again");
  const more = ["--data", to, "--to", again, "--shards", "64"];
  expect(run("snapshot", "restore", kept, ...more).out).toContain("restored 64 shards");
  const last = await GyreProcess.start({ data: again, args: ARGS });
  started.defer(async () => void (await last.end("SIGTERM")));
  expect(await answers(last, endMs + 10 * STEP_MS)).toEqual(later);
});

test("snapshots by the names of VictoriaMetrics", async () => {
  const { status, snapshot } = await post("/snapshot/create");
  expect(status).toBe("ok");
  const response = await fetch(`${gyre.url}/snapshot/list`);
  const { snapshots } = (await response.json()) as { snapshots: string[] };
  expect(snapshots).toContain(snapshot);
  expect(await post(`/snapshot/delete?snapshot=${String(snapshot)}`)).toEqual({ status: "ok" });
  expect(readdirSync(join(data, "snapshots"))).not.toContain(snapshot);
  expect((await post(`/snapshot/delete?snapshot=${String(snapshot)}`)).status).toBe("error");
  const skipped = await post("/api/v1/admin/tsdb/snapshot?skip_head=true");
  const { name } = skipped.data as { name: string };
  expect(existsSync(join(data, "snapshots", name, "node.json"))).toBe(true);
});
