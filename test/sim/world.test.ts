import { expect, test } from "vitest";
import { isErrorOf } from "#base/engine-error.ts";
import { FileControlStore } from "#runtime/node/file-control-store.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { calmDisk } from "#test/sim/sim-disk-faults.ts";
import { between, chance } from "#test/sim/sim-random.ts";
import { type NodePorts, type SimNode, World } from "#test/sim/world.ts";

/** A toy node: answers pings, counts what it hears, and appends to a log with a timer. */
class Toy {
  readonly heard: string[] = [];
  synced = 0;

  constructor(ports: NodePorts, peers: readonly string[]) {
    const { network, timers, random, disk } = ports;
    network.onReceive((from, channel, payload) => {
      this.heard.push(`${from} ${channel} ${payload[0]}`);
      if (payload[0] === 0) network.send(from, channel, Uint8Array.of(1));
    });
    const tick = (): void => {
      for (const peer of peers) network.send(peer, "control", Uint8Array.of(0));
      timers.after(between(random, 1, 20), tick);
    };
    tick();
    void this.#write(disk);
  }

  async #write(disk: NodePorts["disk"]): Promise<void> {
    await disk.mkdir("log");
    const name = `log/${(await disk.list("log")).length}`;
    const file = await disk.open(name, "create");
    for (let offset = 0; ; offset += 100) {
      await file.pwrite(new Uint8Array(100).fill(7), offset);
      await file.datasync();
      this.synced += 1;
    }
  }
}

async function life(seed: number): Promise<string> {
  const world = new World(seed);
  world.network.setAllRates({ loss: 0.05, duplicate: 0.05, reorder: 0.1 });
  const random = new SeededRandom(seed).fork("plan");
  const ids = ["a", "b", "c"];
  const nodes: SimNode<Toy>[] = ids.map((id) =>
    world.addNode(
      id,
      (ports) =>
        new Toy(
          ports,
          ids.filter((peer) => peer !== id),
        ),
    ),
  );
  for (let round = 0; round < 10; round++) {
    await world.scheduler.run(50);
    const node = nodes[between(random, 0, 2)]!;
    if (chance(random, 0.5)) node.kill();
    else node.powerCut();
    await world.scheduler.run(20);
    node.start();
  }
  const heard = nodes.map((node) => node.running().heard.length + node.running().synced);
  const { traceHash, eventCount } = world.scheduler;
  return JSON.stringify([traceHash, eventCount, heard, world.network.counts]);
}

test("one seed, one life; another seed, another", async () => {
  const first = await life(7);
  expect(await life(7)).toBe(first);
  expect(await life(8)).not.toBe(first);
});

test("a partition stops messages both ways until it heals", async () => {
  const world = new World(1);
  const [a, b] = ["a", "b"].map((id, at, ids) =>
    world.addNode(id, (ports) => new Toy(ports, [ids[1 - at]!])),
  );
  await world.scheduler.run(100);
  expect(b!.running().heard.length).toBeGreaterThan(3);
  world.network.partition([["a"], ["b"]]);
  await world.scheduler.run(50);
  const before = [a!.running().heard.length, b!.running().heard.length];
  await world.scheduler.run(100);
  expect([a!.running().heard.length, b!.running().heard.length]).toEqual(before);
  world.network.heal();
  await world.scheduler.run(100);
  expect(a!.running().heard.length).toBeGreaterThan(before[0]!);
});

test("inside a channel order holds unless reordering is asked for", async () => {
  const orderOf = async (reorder: number): Promise<number[]> => {
    const world = new World(3);
    world.network.setAllRates({ latencyMsMax: 50, reorder });
    const seen: number[] = [];
    world.addNode("b", ({ network }) =>
      network.onReceive((_from, _channel, payload) => seen.push(payload[0]!)),
    );
    const sender = world.addNode("a", ({ network }) => network);
    for (let n = 0; n < 50; n++) sender.running().send("b", "log", Uint8Array.of(n));
    await world.scheduler.run(1000);
    return seen;
  };
  const sorted = Array.from({ length: 50 }, (_, n) => n);
  expect(await orderOf(0)).toEqual(sorted);
  const shuffled = await orderOf(0.5);
  expect(shuffled).not.toEqual(sorted);
  expect(shuffled.toSorted((x, y) => x - y)).toEqual(sorted);
});

test("a full send queue refuses", () => {
  const world = new World(4);
  world.network.setAllRates({ queuedBytesMax: 10 });
  const sender = world.addNode("a", ({ network }) => network).running();
  expect(sender.send("b", "log", new Uint8Array(8))).toBe(true);
  expect(sender.send("b", "log", new Uint8Array(8))).toBe(false);
});

test("clocks drift and step apart; monotonic time never goes back", async () => {
  const world = new World(5);
  const node = world.addNode("a", ({ clock }) => clock, { clock: { drift: 1e-3 } });
  const clock = node.running();
  const wallBefore = clock.wallMs();
  await world.scheduler.run(1_000_000);
  expect(clock.monoMs()).toBeCloseTo(1_001_000, 3);
  node.clock.stepWall(-3_600_000);
  expect(clock.wallMs() - wallBefore).toBe(1_001_000 - 3_600_000);
  let firedAt = -1;
  node.clock.after(1001, () => {
    firedAt = world.scheduler.nowMs;
  });
  await world.scheduler.run(2000);
  expect(firedAt).toBeCloseTo(1_001_000, 3);
});

test("the control store: leases expire alone, answers get lost, watches lie", async () => {
  const world = new World(6);
  const { scheduler, control } = world;
  const a = world.addNode("a", (ports) => ports.control);
  const b = world.addNode("b", (ports) => ports.control).running();
  let heard = 0;
  b.watch("node/", () => {
    heard += 1;
  });
  const lease = await scheduler.settle(a.running().grantLease(10_000));
  const value = Uint8Array.of(1);
  await scheduler.settle(a.running().commit([], [{ kind: "put", key: "node/a", value, lease }]));
  await scheduler.run(8000);
  expect(await scheduler.settle(a.running().renewLease(lease))).toBe(true);
  a.kill();
  await scheduler.run(8000);
  expect((await scheduler.settle(b.list("node/"))).entries.length).toBe(1);
  await scheduler.run(4000);
  expect((await scheduler.settle(b.list("node/"))).entries.length).toBe(0);
  expect(heard).toBe(2);

  control.rates = { ...control.rates, lostAnswer: 1, lostWatchCall: 1 };
  const lost = b.commit([], [{ kind: "put", key: "node/b", value }]);
  const error = await scheduler.settle(lost).catch((caught: unknown) => caught);
  expect(isErrorOf(error, runtimeErrors.controlUnavailable)).toBe(true);
  control.rates = { ...control.rates, lostAnswer: 0 };
  expect(await scheduler.settle(b.get("node/b"))).not.toBeNull();
  expect(heard).toBe(2);
});

test("disk faults: failed syncs lose bytes silently, full disks write short", async () => {
  const world = new World(7);
  const node = world.addNode("a", ({ disk }) => disk, { disk: { capacityBytes: 1000 } });
  const { scheduler } = world;
  const disk = node.running();
  const file = await scheduler.settle(disk.open("f", "create"));
  expect(await scheduler.settle(file.pwrite(new Uint8Array(1500).fill(1), 0))).toBe(1000);
  const full = file.pwrite(Uint8Array.of(1), 1000);
  const error = await scheduler.settle(full).catch((caught: unknown) => caught);
  expect(isErrorOf(error, runtimeErrors.diskNoSpace)).toBe(true);

  node.disk.capacityBytes = 1e6;
  const second = await scheduler.settle(disk.open("g", "create"));
  await scheduler.settle(second.pwrite(new Uint8Array(600).fill(2), 0));
  await scheduler.settle(disk.syncDir(""));
  node.disk.faults.failNth("sync", 1, "g");
  const failed = await scheduler.settle(second.datasync()).catch((caught: unknown) => caught);
  expect(isErrorOf(failed, runtimeErrors.diskIo)).toBe(true);
  const again = await scheduler.settle(second.datasync()).catch((caught: unknown) => caught);
  expect(isErrorOf(again, runtimeErrors.diskFileFailed)).toBe(true);
  // A new handle believes the kernel; the crash shows that the bytes were never there.
  const third = await scheduler.settle(disk.open("g", "write"));
  await scheduler.settle(third.datasync());
  expect(await scheduler.settle(third.size())).toBe(600);
  node.powerCut();
  const after = await scheduler.settle(node.start().open("g", "read"));
  expect(await scheduler.settle(after.size())).toBe(0);
});

test("a stalled sync holds up nothing but itself, and a dead process hears nothing", async () => {
  const world = new World(8);
  const node = world.addNode("a", ({ disk }) => disk);
  const { scheduler } = world;
  const file = await scheduler.settle(node.running().open("f", "create"));
  node.disk.faults.rates = { ...calmDisk, stall: 1, stallMs: 5000 };
  let synced = false;
  void file.datasync().then(() => {
    synced = true;
  });
  node.disk.faults.rates = calmDisk;
  expect(await scheduler.settle(file.pwrite(Uint8Array.of(1), 0), 10)).toBe(1);
  node.kill();
  await scheduler.run(10_000);
  expect(synced).toBe(false);
  const names = await scheduler.settle(node.start().list(""));
  expect(names).toEqual(["f"]);
});

test("the file control store never shows a state that was not committed", async () => {
  for (let seed = 0; seed < 400; seed++) {
    const world = new World(seed);
    const { scheduler } = world;
    const node = world.addNode("a", (ports) => FileControlStore.open(ports.disk, ports.timers));
    const plan = world.random.fork("plan");
    let acknowledged = 0;
    let attempted = 0;
    for (let round = 0; round < 4; round++) {
      const store = await scheduler.settle(node.running());
      const found = await scheduler.settle(store.get("n"));
      const value = found === null ? 0 : found.value[0]!;
      expect(value).toBeGreaterThanOrEqual(acknowledged);
      expect(value).toBeLessThanOrEqual(attempted);
      acknowledged = value;
      attempted = value;
      void (async () => {
        for (;;) {
          attempted += 1;
          const next = Uint8Array.of(attempted);
          await store.commit([], [{ kind: "put", key: "n", value: next }]);
          acknowledged = next[0]!;
        }
      })();
      await scheduler.run(between(plan, 0, chance(plan, 0.5) ? 5 : 40));
      if (chance(plan, 0.4)) node.kill();
      else node.powerCut();
      void node.start();
    }
  }
});
