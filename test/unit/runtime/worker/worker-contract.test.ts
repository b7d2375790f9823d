import { MessageChannel } from "node:worker_threads";
import { afterEach, expect, test } from "vitest";
import { EngineError, isErrorOf } from "#base/engine-error.ts";
import { spawnWorker, type SpawnedWorker } from "#runtime/node/spawn-worker.ts";
import { linkToPort } from "#runtime/node/thread-links.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";
import { WorkerClient } from "#runtime/worker/worker-client.ts";
import type { TestContract } from "#test/unit/runtime/fixtures/contract-worker.ts";

const spawned: SpawnedWorker[] = [];

function start(): { client: WorkerClient<TestContract>; worker: SpawnedWorker } {
  const url = new URL("../fixtures/contract-worker.ts", import.meta.url);
  const worker = spawnWorker(url, { name: "contract", data: "hello" });
  spawned.push(worker);
  return { client: new WorkerClient<TestContract>("contract", worker.link), worker };
}

afterEach(async () => {
  await Promise.all(spawned.splice(0).map((worker) => worker.terminate()));
});

test("calls are answered by number, buffers move both ways", async () => {
  const { client } = start();
  const sums = await Promise.all([
    client.call("add", { a: 1, b: 2 }),
    client.call("add", { a: 3, b: 4 }),
  ]);
  expect(sums).toEqual([3, 7]);
  const buffer = new Uint8Array(4);
  const filled = await client.call("fill", { buffer }, [buffer.buffer]);
  expect(filled).toEqual(Uint8Array.of(7, 7, 7, 7));
  expect(buffer.length).toBe(0);
  expect(client.openCalls).toBe(0);
});

test("an EngineError keeps name, code, message, data and cause", async () => {
  const { client } = start();
  const error = await client.call("fail", { how: "engine" }).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(EngineError);
  expect(isErrorOf(error, runtimeErrors.diskNoSpace)).toBe(true);
  expect(error).toMatchObject({
    name: "EngineError",
    message: "cannot write x: full",
    retryable: true,
    http: 503,
    data: { path: "x", freeBytes: 0 },
    cause: { name: "TypeError", message: "the cause" },
  });
  const plain = await client.call("fail", { how: "plain" }).catch((caught: unknown) => caught);
  expect(plain).toMatchObject({ name: "TypeError", message: "plain" });
});

test("an exit rejects all open and all later calls", async () => {
  const { client, worker } = start();
  const open = [client.call("fail", { how: "exit" }), client.call("add", { a: 1, b: 1 })];
  const outcomes = await Promise.allSettled(open);
  for (const outcome of outcomes) {
    expect(outcome.status).toBe("rejected");
    const { reason } = outcome as PromiseRejectedResult;
    expect(isErrorOf(reason, runtimeErrors.workerExited)).toBe(true);
    expect((reason as Error).message).toMatch(/worker contract: the thread ended with 3/);
  }
  expect(await worker.exited).toBe(3);
  await expect(client.call("add", { a: 1, b: 1 })).rejects.toThrow(/cannot reach worker/);
});

test("an uncaught error ends the worker and is named as the cause", async () => {
  const { client, worker } = start();
  await client.call("fail", { how: "throw" }).catch(() => undefined);
  await worker.exited;
  await expect(client.call("add", { a: 1, b: 1 })).rejects.toThrow(/uncaught in the thread/);
});

test("notices go both ways and see the worker's data", async () => {
  const { client } = start();
  const pong = new Promise((resolve) => client.onNotice("pong", resolve));
  client.notify("ping", { value: 1 });
  expect(await pong).toEqual({ value: 2, greeting: "hello" });
});

test("a port handed over makes a direct line to the worker", async () => {
  const { client } = start();
  const { port1, port2 } = new MessageChannel();
  await client.call("connect", { port: port1 }, [port1]);
  const direct = new WorkerClient<TestContract>("direct", linkToPort(port2));
  expect(await direct.call("add", { a: 20, b: 22 })).toBe(42);
  direct.close();
});

test("unknown calls and arguments that cannot be cloned are refused", async () => {
  const { client } = start();
  const odd = client as unknown as { call(name: string, args: unknown): Promise<unknown> };
  const unknown = await odd.call("toString", null).catch((caught: unknown) => caught);
  expect(isErrorOf(unknown, runtimeErrors.workerUnknownCall)).toBe(true);
  await expect(odd.call("add", { a: () => 1 })).rejects.toThrow(/could not be cloned/);
  expect(client.openCalls).toBe(0);
});
