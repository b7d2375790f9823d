/**
 * Actors over simulated ports: acknowledgements survive crashes, failures stay with one actor.
 * Covers: src/runtime/actor/actor-handle.ts, src/runtime/actor/actor-life.ts
 */
import { expect, test } from "vitest";
import { isErrorOf } from "#base/engine-error.ts";
import type { ActorHandle } from "#runtime/actor/actor-handle.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";
import { calmDisk } from "#test/sim/sim-disk-faults.ts";
import { SimDriver } from "#test/sim/sim-driver.ts";
import { between, chance } from "#test/sim/sim-random.ts";
import { type NodePorts, World } from "#test/sim/world.ts";
import { counterActor, type CounterMessage, emptyCounter } from "#test/support/counter-actor.ts";

interface Counter {
  readonly driver: SimDriver;
  readonly handle: ActorHandle<CounterMessage>;
}

function boot(ports: NodePorts): Counter {
  const driver = new SimDriver(ports);
  const handle = driver.spawn({
    name: "counter",
    actor: counterActor,
    open: emptyCounter,
    mailboxBytesMax: 1000,
  });
  return { driver, handle };
}

const total = (counter: Counter): Promise<number> =>
  counter.handle.ask<number>((replyTo) => ({ kind: "get", replyTo }), 10);

test("what the actor acknowledged survives kills and power cuts", async () => {
  for (let seed = 0; seed < 40; seed++) {
    const world = new World(seed);
    const { scheduler } = world;
    const plan = world.random.fork("plan");
    const node = world.addNode("n", boot);
    node.disk.faults.rates = { ...calmDisk, shortWrite: 0.3 };
    let acknowledged = 0;
    let attempted = 0;
    for (let round = 0; round < 5; round++) {
      const { handle, driver } = node.running();
      const found = await scheduler.settle(total(node.running()));
      expect(found, `seed ${seed}`).toBeGreaterThanOrEqual(acknowledged);
      expect(found, `seed ${seed}`).toBeLessThanOrEqual(attempted);
      acknowledged = found;
      attempted = found;
      for (let add = 0; add < 10; add++) {
        attempted += 1;
        void handle
          .ask<number>((replyTo) => ({ kind: "add", amount: 1, replyTo }), 10)
          .then((now) => {
            acknowledged = Math.max(acknowledged, now);
          });
      }
      await scheduler.run(between(plan, 0, 8));
      driver.assertDeterministic();
      if (chance(plan, 0.3)) node.kill();
      else node.powerCut();
      node.start();
    }
  }
});

test("a failed step restarts the actor from its log; questions in flight are told", async () => {
  const world = new World(1);
  const { scheduler } = world;
  const { handle } = world.addNode("n", boot).running();
  const add = (): Promise<number> =>
    handle.ask<number>((replyTo) => ({ kind: "add", amount: 5, replyTo }), 10);
  expect(await scheduler.settle(add())).toBe(5);
  const open = add();
  expect(handle.tell({ kind: "break" }, 10)).toBe("accepted");
  const error = await scheduler.settle(open).catch((caught: unknown) => caught);
  expect(isErrorOf(error, runtimeErrors.actorFailed)).toBe(true);
  expect(handle.status.kind).toBe("backing-off");
  // A question now waits for the next life. The write in flight may or may not be in the log.
  expect([5, 10]).toContain(await scheduler.settle(total({ handle } as Counter)));
  expect(handle.status.kind).toBe("running");
});

test("three failures in the window give the actor up, others go on", async () => {
  const world = new World(2);
  const { scheduler } = world;
  const { handle, driver } = world.addNode("n", boot).running();
  let gaveUp: Error | null = null;
  const other = driver.spawn<null, { readonly kind: "boom" }>({
    name: "fragile",
    actor: {
      step: (_state, message) => {
        if (message.kind === "boom") throw new Error("boom");
        return [];
      },
    },
    open: () => null,
    mailboxBytesMax: 100,
    gaveUp: (error) => {
      gaveUp = error;
    },
  });
  for (let failure = 0; failure < 3; failure++) {
    other.tell({ kind: "boom" }, 1);
    await scheduler.run(5000);
  }
  expect(other.status.kind).toBe("given-up");
  expect(gaveUp).toMatchObject({ message: "boom" });
  expect(other.tell({ kind: "boom" }, 1)).toBe("busy");
  const asked = other.ask(() => ({ kind: "boom" }), 1).catch((caught: unknown) => caught);
  expect(isErrorOf(await scheduler.settle(asked), runtimeErrors.actorGone)).toBe(true);
  expect(handle.status.kind).toBe("running");
});

test("a full mailbox says busy, and a failed send comes back to its sender", async () => {
  const world = new World(3);
  const { scheduler } = world;
  const { driver } = world.addNode("n", boot).running();
  const seen: string[] = [];
  driver.spawn<null, { readonly kind: "go" }>({
    name: "sender",
    actor: {
      step: (_state, message) => {
        if (message.kind === "send-failed") seen.push(`${message.to} ${message.reason}`);
        if (message.kind !== "go") return [];
        const send = (to: string, bytes: number) =>
          ({ kind: "send", to, message: { kind: "get", replyTo: 0 }, bytes }) as const;
        return [send("counter", 600), send("counter", 600), send("nobody", 1)];
      },
    },
    open: () => null,
    mailboxBytesMax: 100,
  });
  await scheduler.run(10);
  driver.deliver("sender", { kind: "go" }, 1);
  await scheduler.run(10);
  expect(seen).toEqual(["counter busy", "nobody gone"]);
});

test("timers fire once, are replaced by name, and end with the life", async () => {
  const world = new World(4);
  const fired: string[] = [];
  const node = world.addNode("n", (ports) => {
    const driver = new SimDriver(ports);
    return driver.spawn<null, never>({
      name: "timers",
      actor: {
        step: (_state, message, now) => {
          if (message.kind === "timer") fired.push(`${message.name} ${Math.round(now.monoMs)}`);
          if (message.kind !== "started") return [];
          return [
            { kind: "set-timer", name: "a", delayMs: 10 },
            { kind: "set-timer", name: "a", delayMs: 20 },
            { kind: "set-timer", name: "b", delayMs: 5 },
            { kind: "cancel-timer", name: "b" },
            { kind: "set-timer", name: "c", delayMs: 1000 },
          ];
        },
      },
      open: () => null,
      mailboxBytesMax: 100,
    });
  });
  await world.scheduler.run(100);
  expect(fired).toEqual(["a 20"]);
  await node.running().stop();
  await world.scheduler.run(2000);
  expect(fired).toEqual(["a 20"]);
});

test("a step that looks beyond its arguments is found out", async () => {
  const world = new World(5);
  let leak = 0;
  const node = world.addNode("n", (ports) => {
    const driver = new SimDriver(ports);
    driver.spawn<null, never>({
      name: "leaky",
      actor: { step: () => [{ kind: "cancel-timer", name: String(leak++) }] },
      open: () => null,
      mailboxBytesMax: 100,
    });
    return driver;
  });
  await world.scheduler.run(10);
  expect(() => node.running().assertDeterministic()).toThrow(/leaky did otherwise at step 0/);
});
