/** Reading of blocks in a query worker: its own disk, its own open files, bounded memory. */
import type { GyreConfig } from "#config/gyre-config.ts";
import { nextTurn } from "#runtime/node/next-turn.ts";
import { NodeDisk } from "#runtime/node/node-disk.ts";
import type { Timers } from "#runtime/ports/clock.ts";
import type { BlockReads } from "#storage/block-reads.ts";
import { BlockReaders } from "#tsdb/block/block-readers.ts";
import { BlockSelector } from "#tsdb/select/block-selector.ts";
import { createNodePageTools } from "./node-page-tools.ts";

/** A day of every shard of a small node; half of what many systems let a process have open. */
const OPEN_BLOCKS_MAX = 2048;
/** Files of blocks that are gone keep their space at most twice as long for a worker without work. */
const CLOSE_UNUSED_MS = 60_000;

export interface BlockReadsOptions {
  readonly config: GyreConfig;
  readonly clusterUuid: Uint8Array;
  readonly timers: Timers;
}

export function createBlockReads(options: BlockReadsOptions): BlockReads {
  const { config, clusterUuid, timers } = options;
  const readers = new BlockReaders({
    disk: new NodeDisk(config.data),
    clusterUuid,
    tools: createNodePageTools("fast"),
    openBlocksMax: OPEN_BLOCKS_MAX,
    indexBytesMax: config.query.blockIndexBytesMax,
  });
  const closeUnused = (): void => {
    readers.closeUnused();
    timers.after(CLOSE_UNUSED_MS, closeUnused);
  };
  timers.after(CLOSE_UNUSED_MS, closeUnused);
  return new BlockSelector({ readers, yieldTurn: nextTurn });
}
