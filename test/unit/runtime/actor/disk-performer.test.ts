import { expect, test } from "vitest";
import { DiskPerformer } from "#runtime/actor/disk-performer.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import { calmDisk } from "#test/sim/sim-disk-faults.ts";
import { type SimNode, World } from "#test/sim/world.ts";

function start(): { world: World; node: SimNode<Disk>; performer: DiskPerformer } {
  const world = new World(1);
  const node = world.addNode("n", ({ disk }) => disk);
  return { world, node, performer: new DiskPerformer(node.running()) };
}

const bytes = Uint8Array.of(1, 2, 3);

test("a write makes folders and file, a sync makes all of it durable", async () => {
  const { world, node, performer } = start();
  const { scheduler } = world;
  node.disk.faults.rates = { ...calmDisk, shortWrite: 0.9 };
  void performer.perform({ kind: "write-disk", path: "a/b/log", offset: 5, bytes, tag: 1 });
  const synced = performer.perform({ kind: "sync-disk", path: "a/b/log", tag: 2 });
  expect(await scheduler.settle(synced)).toEqual({ kind: "disk-done", tag: 2 });
  node.powerCut();
  const again = new DiskPerformer(node.start());
  const read = { kind: "read-disk", path: "a/b/log", offset: 4, length: 10, tag: 3 } as const;
  expect(await scheduler.settle(again.perform(read))).toEqual({
    kind: "disk-read",
    tag: 3,
    bytes: Uint8Array.of(0, 1, 2, 3),
  });
});

test("outcomes of one path come in order; a removed file is gone for good", async () => {
  const { world, node, performer } = start();
  const outcomes: number[] = [];
  for (let tag = 0; tag < 10; tag++) {
    const effect = { kind: "write-disk", path: "log", offset: tag, bytes, tag } as const;
    void performer
      .perform(effect)
      .then((outcome) => "tag" in outcome && outcomes.push(outcome.tag));
  }
  await world.scheduler.settle(performer.perform({ kind: "remove-disk", path: "log", tag: 10 }));
  expect(outcomes).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  node.powerCut();
  expect(await world.scheduler.settle(node.start().list(""))).toEqual([]);
});

test("what a disk may do comes back as a message, a missing file is not made by reading", async () => {
  const { world, node, performer } = start();
  const { scheduler } = world;
  const read = { kind: "read-disk", path: "none", offset: 0, length: 1, tag: 1 } as const;
  expect(await scheduler.settle(performer.perform(read))).toMatchObject({
    kind: "disk-failed",
    tag: 1,
    error: { code: "disk.not-found" },
  });
  node.disk.faults.failNth("sync", 1);
  void performer.perform({ kind: "write-disk", path: "log", offset: 0, bytes, tag: 2 });
  const sync = { kind: "sync-disk", path: "log", tag: 3 } as const;
  expect(await scheduler.settle(performer.perform(sync))).toMatchObject({
    kind: "disk-failed",
    error: { code: "disk.io" },
  });
  expect(await scheduler.settle(performer.perform(sync))).toMatchObject({
    error: { code: "disk.file-failed" },
  });
  await scheduler.settle(performer.close());
});
