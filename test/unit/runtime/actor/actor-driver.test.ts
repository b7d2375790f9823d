import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ActorDriver } from "#runtime/actor/actor-driver.ts";
import type { ActorHandle } from "#runtime/actor/actor-handle.ts";
import { LoopbackNetwork } from "#runtime/node/loopback-network.ts";
import { NodeClock } from "#runtime/node/node-clock.ts";
import { NodeDisk } from "#runtime/node/node-disk.ts";
import { NodeTimers } from "#runtime/node/node-timers.ts";
import { NodeTurns } from "#runtime/node/node-turns.ts";
import { createPinoLogger } from "#runtime/node/pino-logger.ts";
import { counterActor, type CounterMessage, emptyCounter } from "#test/support/counter-actor.ts";

let folder = "";
let lines: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gyre-actor-"));
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function start(): { driver: ActorDriver; counter: ActorHandle<CounterMessage> } {
  const write = (line: string): void => void lines.push(line);
  const driver = new ActorDriver({
    clock: new NodeClock(),
    timers: new NodeTimers(),
    turns: new NodeTurns(),
    disk: new NodeDisk(folder),
    network: new LoopbackNetwork("n1"),
    logger: createPinoLogger({ level: "info", fields: {}, write }),
  });
  const counter = driver.spawn({
    name: "counter",
    actor: counterActor,
    open: emptyCounter,
    mailboxBytesMax: 1000,
    restart: { failuresMax: 3, windowMs: 60_000, backoffMsFirst: 1, backoffMsMax: 1 },
  });
  return { driver, counter };
}

const add = (counter: ActorHandle<CounterMessage>, amount: number): Promise<number> =>
  counter.ask<number>((replyTo) => ({ kind: "add", amount, replyTo }), 10);

test("the actor that runs in the simulator runs on the machine", async () => {
  const first = start();
  expect(await Promise.all([add(first.counter, 2), add(first.counter, 3)])).toEqual([2, 5]);
  await first.driver.stopAll();
  const second = start();
  expect(await add(second.counter, 1)).toBe(6);
  await second.driver.stopAll();
});

test("a failed assertion restarts one actor from its log and is logged", async () => {
  const { driver, counter } = start();
  expect(await add(counter, 7)).toBe(7);
  counter.tell({ kind: "break" }, 10);
  await expect(add(counter, 1)).rejects.toMatchObject({ code: "actor.failed" });
  expect(await add(counter, 1)).toBe(8);
  expect(lines.join("")).toMatch(/"actor":"counter".*told to break.*"decision":"restart"/);
  await driver.stopAll();
  await expect(add(counter, 1)).rejects.toMatchObject({ code: "actor.gone" });
});

test("names are unique among the running and free again after stop", async () => {
  const { driver, counter } = start();
  const spec = { name: "counter", actor: counterActor, open: emptyCounter, mailboxBytesMax: 10 };
  expect(() => driver.spawn(spec)).toThrow(/spawned twice/);
  await driver.stop("counter");
  expect(counter.status.kind).toBe("stopped");
  expect(driver.deliver("counter", { kind: "break" }, 1)).toBe("gone");
  driver.spawn(spec);
  await driver.stopAll();
});
