/**
 * Opens the data folder of a node: makes it on first use, locks it, reads `node.json` and counts the
 * boot. Settings that must not change while the folder lives come from the file, and a configuration
 * that disagrees is told so. A folder with data but without its file is refused: a fresh file would
 * scatter the series that are there.
 */
import { mkdirSync } from "node:fs";
import { EngineError } from "#base/engine-error.ts";
import type { ErrorCode } from "#base/engine-error.ts";
import type { GyreConfig } from "#config/gyre-config.ts";
import type { PlacementOptions } from "#model/placement.ts";
import { lockFolder } from "#runtime/node/folder-lock.ts";
import { NodeDisk } from "#runtime/node/node-disk.ts";
import { createNodeRandom } from "#runtime/node/node-random.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import type { Random } from "#runtime/ports/random.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";
import { keepNodeFileSpare, NODE_FILE_NAME, readNodeFile, writeNodeFile } from "#tsdb/node-file.ts";
import type { NodeMeta } from "#tsdb/node-file.ts";
import { SnapshotFolder } from "#tsdb/snapshot/snapshot-folder.ts";
import { logFolder } from "#tsdb/wal/segment-format.ts";

export interface DataFolder extends AsyncDisposable {
  readonly clusterUuid: Uint8Array;
  readonly nodeId: string;
  readonly bootCount: number;
  readonly placement: PlacementOptions;
  /** Log of each shard. */
  readonly shardLogs: Uint16Array;
  readonly logCount: number;
}

const FOLDER_UNUSABLE: ErrorCode = {
  code: "node.folder-unusable",
  http: 500,
  retryable: false,
  description: "the data folder cannot be made or does not fit the configuration",
};

export async function openDataFolder(config: GyreConfig): Promise<DataFolder> {
  makeFolder(config.data);
  const lock = await lockFolder(config.data);
  try {
    const disk = new NodeDisk(config.data);
    const found = await readNodeFile(disk);
    if (found === null) await refuseOrphans(disk, config.data);
    const meta = found ?? freshMeta(config, createNodeRandom());
    const opened = { ...meta, bootCount: meta.bootCount + 1 };
    const logCount = 1 + Math.max(...meta.shardLogs);
    await makeLogFolders(disk, logCount);
    await new SnapshotFolder(disk).sweep();
    await writeNodeFile(disk, opened);
    await keepNodeFileSpare(disk, opened);
    return {
      clusterUuid: new Uint8Array(Buffer.from(meta.clusterUuid, "hex")),
      nodeId: meta.nodeId,
      bootCount: opened.bootCount,
      placement: { seed: meta.hashSeed, lanes: meta.lanes },
      shardLogs: Uint16Array.from(meta.shardLogs),
      logCount,
      [Symbol.asyncDispose]: () => lock.release(),
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The folder's own entry is made durable by whoever made its parent; that is the operator. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o750 });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError(FOLDER_UNUSABLE, `cannot make data folder ${path}: ${why}`, { cause });
  }
}

async function refuseOrphans(disk: Disk, path: string): Promise<void> {
  const logs = (await disk.list("wal")).map((log) => `wal/${log}`);
  const shards = await disk.list("shards");
  const segments = await Promise.all(logs.map((folder) => disk.list(folder)));
  if (shards.length === 0 && segments.every((names) => names.length === 0)) return;
  throw new EngineError(
    CORRUPTION,
    `cannot open data folder ${path}: it holds logs or blocks but no ${NODE_FILE_NAME}; ` +
      "put the file back, or empty the folder when a restore into it was interrupted",
  );
}

function freshMeta(config: GyreConfig, random: Random): NodeMeta {
  const { shards, lanes } = config.storage;
  const logs = Math.min(config.threads.shardWorkers, shards);
  const hex = (): string => random.u32().toString(16).padStart(8, "0");
  return {
    clusterUuid: hex() + hex() + hex() + hex(),
    nodeId: `node-${hex()}`,
    shardCount: shards,
    hashSeed: [random.u32(), random.u32()],
    lanes,
    bootCount: 0,
    shardLogs: Array.from({ length: shards }, (_, shard) => shard % logs),
  };
}

async function makeLogFolders(disk: Disk, logCount: number): Promise<void> {
  for (let log = 0; log < logCount; log++) await disk.mkdir(logFolder(log));
  await disk.syncDir("wal");
  await disk.syncDir("");
}
