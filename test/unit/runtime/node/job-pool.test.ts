import { afterEach, expect, test } from "vitest";
import { JobPool } from "#runtime/node/job-pool.ts";
import { JOB_NICE } from "#runtime/node/job-pool-host.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";
import type { TestJobs } from "../fixtures/job-pool-worker.ts";

const url = new URL("../fixtures/job-pool-worker.ts", import.meta.url);
const pools: JobPool<TestJobs>[] = [];

function poolOf(queueMax: number): JobPool<TestJobs> {
  const pool = new JobPool<TestJobs>({ url, threadsMax: 1, queueMax });
  pools.push(pool);
  return pool;
}

/** [0] counts jobs that have begun, [1] lets them end. */
function sharedFlag(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(8));
}

async function whenBegun(flag: Int32Array, count: number): Promise<void> {
  while (Atomics.load(flag, 0) < count) await new Promise((resolve) => setTimeout(resolve, 1));
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

test("columns go there and back", async () => {
  const doubled = await poolOf(1).run("double", { column: Float64Array.of(1, NaN, -0) });
  expect(doubled).toEqual(Float64Array.of(2, NaN, -0));
});

test.runIf(process.platform === "linux")("jobs run at the lowest priority", async () => {
  expect(await poolOf(1).run("nice", null)).toBe(JOB_NICE);
});

test("an error of a job keeps its code", async () => {
  const failing = poolOf(1).run("fail", { how: "engine" });
  await expect(failing).rejects.toMatchObject({
    name: "EngineError",
    code: runtimeErrors.diskIo.code,
    data: { path: "x" },
  });
});

test("a name without a handler is refused", async () => {
  const pool = poolOf(1) as unknown as JobPool<{ other: { args: null; result: null } }>;
  await expect(pool.run("other", null)).rejects.toMatchObject({
    code: runtimeErrors.workerUnknownCall.code,
  });
});

test("a job beyond the queue is refused, and fits again later", async () => {
  const pool = poolOf(1);
  const flag = sharedFlag();
  const first = pool.run("wait", { flag });
  await whenBegun(flag, 1);
  const second = pool.run("wait", { flag });
  expect(pool.openCount).toBe(2);
  await expect(pool.run("wait", { flag })).rejects.toMatchObject({
    code: runtimeErrors.workerBusy.code,
  });
  Atomics.store(flag, 1, 1);
  await Promise.all([first, second]);
  expect(pool.openCount).toBe(0);
  await pool.run("wait", { flag });
  expect(flag[0]).toBe(3);
});

test("a queued job is forgotten when aborted, a running one ended", async () => {
  const pool = poolOf(2);
  const flag = sharedFlag();
  const [running, queued] = [new AbortController(), new AbortController()];
  const first = pool.run("wait", { flag }, running.signal);
  await whenBegun(flag, 1);
  const second = pool.run("wait", { flag }, queued.signal);
  queued.abort(new Error("not needed"));
  await expect(second).rejects.toThrow("not needed");
  running.abort(new Error("stop it"));
  await expect(first).rejects.toThrow("stop it");
  expect(flag[0]).toBe(1);
  expect(await pool.run("double", { column: Float64Array.of(3) })).toEqual(Float64Array.of(6));
});

test("an aborted signal runs nothing", async () => {
  const flag = sharedFlag();
  const stopped = AbortSignal.abort(new Error("too late"));
  await expect(poolOf(1).run("wait", { flag }, stopped)).rejects.toThrow("too late");
  expect(flag[0]).toBe(0);
});

test("a thread that dies fails its job only", async () => {
  const pool = poolOf(1);
  await expect(pool.run("fail", { how: "exit" })).rejects.toMatchObject({
    code: runtimeErrors.workerExited.code,
  });
  expect(await pool.run("double", { column: Float64Array.of(3) })).toEqual(Float64Array.of(6));
});

test("close ends what runs and refuses what follows", async () => {
  const pool = poolOf(1);
  const flag = sharedFlag();
  const open = pool.run("wait", { flag });
  const failed = expect(open).rejects.toMatchObject({ code: runtimeErrors.workerExited.code });
  await whenBegun(flag, 1);
  await pool.close();
  await failed;
  await expect(pool.run("wait", { flag })).rejects.toThrow("the pool is closed");
});
