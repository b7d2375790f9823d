/** Thread entry of a shard worker in the slot variant: the product's host without a listener. */
import { workerData } from "node:worker_threads";
import { createReceiver } from "#cluster/roles/create-receiver.ts";
import { ShardWorkerHost } from "#cluster/roles/shard-worker-host.ts";
import type { ShardWorkerInit } from "#cluster/roles/shard-worker-contract.ts";
import { nextTurn } from "#runtime/node/next-turn.ts";
import { NodeClock } from "#runtime/node/node-clock.ts";
import { NodeDisk } from "#runtime/node/node-disk.ts";
import { NodeTimers } from "#runtime/node/node-timers.ts";
import { linkToParent } from "#runtime/node/thread-links.ts";
import { Slots } from "#runtime/worker/slots.ts";
import { WorkerHost } from "#runtime/worker/worker-host.ts";
import { SlotBodyDecoder } from "./slot-body-decoder.ts";
import { SlotInbox } from "./slot-inbox.ts";
import { workerOwner } from "./slot-memory.ts";
import type { SlotMemory } from "./slot-memory.ts";
import type { SlotWorkerContract } from "./slot-worker-contract.ts";

const { init, slotMemory } = workerData as { init: ShardWorkerInit; slotMemory: SlotMemory };
const slots = new Slots(slotMemory.slots, workerOwner(init.index));
const fatal = (error: unknown): void =>
  queueMicrotask(() => {
    throw error;
  });
const host = new ShardWorkerHost(init, {
  clock: new NodeClock(),
  timers: new NodeTimers(),
  disk: new NodeDisk(init.config.data),
  nextTurn,
  fatal,
  shardFaulted: (_shard, error) => fatal(error),
  blockDamaged: ({ cause }) => fatal(new Error(cause)),
  createReceiver: (options, router, clock) =>
    createReceiver(options, router, clock, null, (kernels) => new SlotBodyDecoder(kernels, slots)),
});

new WorkerHost<SlotWorkerContract>(linkToParent(), {
  open: () => host.open(),
  start: () => {
    host.start();
    const inbox = new SlotInbox(slotMemory, init.index, slots, host.receiver);
    inbox.follow(nextTurn).catch(fatal);
    return null;
  },
  close: () => {
    host.close();
    return null;
  },
});
