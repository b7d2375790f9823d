/**
 * `node.json` at the root of a data folder: what must not change while the folder lives (cluster,
 * node, number of shards, hash seed, lanes) and which log each shard writes to. Small, written by
 * hand-over (temporary file, sync, rename, sync of the folder), so a crash leaves the old or the new
 * one. A field that does not fit is an error that names it: a guess could scatter series. Each start
 * writes it, also on a full disk: a spare file holds the blocks for the next time.
 */
import { assert } from "#base/assert.ts";
import { EngineError, isErrorOf } from "#base/engine-error.ts";
import { crc32c } from "#base/hash/crc32c.ts";
import { SHARDS_MAX } from "#model/refs.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";
import { CORRUPTION, FORMAT_UNSUPPORTED } from "#storage/storage-errors.ts";

export const NODE_FILE_NAME = "node.json";
export const NODE_FILE_VERSION = 0;
/** 32,768 shards of six characters each and the rest; a larger file is none of ours. */
const nodeFileBytesMax: number = 512 * 1024;
/** A shard that this node holds no log for. */
export const NO_LOG = -1;

/** What file systems give space in. */
const BLOCK_BYTES = 4096;
const SPACE = 0x20;
const TEMPORARY_NAME = `${NODE_FILE_NAME}.new`;
const MAGIC = "gyre-node";
const LOG_ID_MAX = 9999;
const LANES_MAX = 2 ** 20;

export interface NodeMeta {
  /** 32 lower-case hex digits. */
  readonly clusterUuid: string;
  readonly nodeId: string;
  /** V: shards of the cluster, a power of two. */
  readonly shardCount: number;
  /** Low and high word of the seed of fingerprints and placements. */
  readonly hashSeed: readonly [low: number, high: number];
  /** Placements per scrape target. */
  readonly lanes: number;
  /** How many times a process has opened the folder. */
  readonly bootCount: number;
  /** Log of every shard, by shard id; `NO_LOG` for shards that are not here. */
  readonly shardLogs: readonly number[];
}

/** Null when the folder has no node file yet. */
export async function readNodeFile(disk: Disk): Promise<NodeMeta | null> {
  let file;
  try {
    file = await disk.open(NODE_FILE_NAME, "read");
  } catch (error) {
    if (isErrorOf(error, runtimeErrors.diskNotFound)) return null;
    throw error;
  }
  try {
    const size = await file.size();
    if (size > nodeFileBytesMax) throw wrong("size", size, `at most ${nodeFileBytesMax} bytes`);
    const bytes = new Uint8Array(size);
    const count = await file.pread(bytes, 0);
    return parseNodeFile(new TextDecoder().decode(bytes.subarray(0, count)));
  } finally {
    await file.close();
  }
}

export async function writeNodeFile(disk: Disk, meta: NodeMeta): Promise<void> {
  // The spare, or left by a crash in between; it never was the node file.
  const isThere = (await disk.list("")).includes(TEMPORARY_NAME);
  await writeTemporary(disk, isThere ? "write" : "create", formatNodeFile(meta));
  await disk.rename(TEMPORARY_NAME, NODE_FILE_NAME);
  await disk.syncDir("");
}

/** Takes what the next write of the node file needs, unless the disk is full. */
export async function keepNodeFileSpare(disk: Disk, meta: NodeMeta): Promise<void> {
  try {
    await writeTemporary(disk, "create", formatNodeFile(meta));
  } catch (error) {
    if (!isErrorOf(error, runtimeErrors.diskNoSpace)) throw error;
  }
}

/** Overwrites all that is there, so that a write in place needs no new block. */
async function writeTemporary(disk: Disk, mode: "create" | "write", text: string): Promise<void> {
  const file = await disk.open(TEMPORARY_NAME, mode);
  try {
    const bytes = padded(text, await file.size());
    for (let done = 0; done < bytes.length;) {
      const count = await file.pwrite(bytes.subarray(done), done);
      assert(count > 0, "node file: the disk wrote nothing and reported no error");
      done += count;
    }
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** JSON may end in spaces: whole blocks, and at least as many bytes as are there. */
function padded(text: string, bytesMin: number): Uint8Array {
  const content = new TextEncoder().encode(text);
  const blocks = Math.ceil(Math.max(content.length, bytesMin) / BLOCK_BYTES);
  const bytes = new Uint8Array(blocks * BLOCK_BYTES).fill(SPACE);
  bytes.set(content);
  return bytes;
}

export function formatNodeFile(meta: NodeMeta): string {
  const { clusterUuid, nodeId, shardCount, hashSeed, lanes, bootCount, shardLogs } = meta;
  const [low, high] = hashSeed;
  const file = {
    file: MAGIC,
    version: NODE_FILE_VERSION,
    clusterUuid,
    nodeId,
    shardCount,
    hashSeed: hex8(high) + hex8(low),
    lanes,
    bootCount,
    shardLogs,
  };
  const text = `${JSON.stringify({ ...file, crc: checksum(file) })}\n`;
  parseNodeFile(text);
  return text;
}

/** Throws `storage.corruption` naming field, got and want; `storage.format-unsupported` if newer. */
export function parseNodeFile(text: string): NodeMeta {
  const fields = fieldsOf(text);
  const version = integer(fields, "version", 0, Number.MAX_SAFE_INTEGER);
  if (version > NODE_FILE_VERSION) {
    throw new EngineError(
      FORMAT_UNSUPPORTED,
      `cannot read ${NODE_FILE_NAME}: version got ${version}, want at most ${NODE_FILE_VERSION}`,
    );
  }
  const { crc, ...rest } = Object.fromEntries(fields);
  const want = checksum(rest);
  if (crc !== want) throw wrong("crc", show(crc), `${show(want)} for the other fields as they are`);
  const shardCount = integer(fields, "shardCount", 1, SHARDS_MAX);
  if ((shardCount & (shardCount - 1)) !== 0)
    throw wrong("shardCount", shardCount, "a power of two");
  const seed = match(fields, "hashSeed", /^[0-9a-f]{16}$/, "16 hex digits");
  return {
    clusterUuid: match(fields, "clusterUuid", /^[0-9a-f]{32}$/, "32 hex digits"),
    nodeId: match(
      fields,
      "nodeId",
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
      "1 to 128 of A-Za-z0-9._-",
    ),
    shardCount,
    hashSeed: [Number.parseInt(seed.slice(8), 16), Number.parseInt(seed.slice(0, 8), 16)],
    lanes: integer(fields, "lanes", 1, LANES_MAX),
    bootCount: integer(fields, "bootCount", 0, Number.MAX_SAFE_INTEGER),
    shardLogs: shardLogsOf(fields, shardCount),
  };
}

function fieldsOf(text: string): Map<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw wrong("content", JSON.stringify(text.slice(0, 40)), "JSON");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw wrong("content", show(parsed), "an object");
  }
  const fields = new Map<string, unknown>(Object.entries(parsed));
  if (fields.get("file") !== MAGIC) throw wrong("file", show(fields.get("file")), show(MAGIC));
  return fields;
}

function integer(
  fields: ReadonlyMap<string, unknown>,
  field: string,
  min: number,
  max: number,
): number {
  const value = fields.get(field);
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
    throw wrong(field, show(value), `an integer from ${min} to ${max}`);
  }
  return value;
}

function match(
  fields: ReadonlyMap<string, unknown>,
  field: string,
  pattern: RegExp,
  want: string,
): string {
  const value = fields.get(field);
  if (typeof value !== "string" || !pattern.test(value)) throw wrong(field, show(value), want);
  return value;
}

function shardLogsOf(fields: ReadonlyMap<string, unknown>, shardCount: number): readonly number[] {
  const value = fields.get("shardLogs");
  if (!Array.isArray(value) || value.length !== shardCount) {
    const got = Array.isArray(value) ? `${value.length} entries` : show(value);
    throw wrong("shardLogs", got, `${shardCount} entries`);
  }
  return value.map((log: unknown, shard): number => {
    if (typeof log === "number" && Number.isInteger(log) && log >= NO_LOG && log <= LOG_ID_MAX) {
      return log;
    }
    throw wrong(`shardLogs[${shard}]`, show(log), `an integer from ${NO_LOG} to ${LOG_ID_MAX}`);
  });
}

/** Over the other fields in file order: a changed digit of the seed would scatter series. */
function checksum(fields: object): string {
  return hex8(crc32c(new TextEncoder().encode(JSON.stringify(fields))));
}

function hex8(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 80);
}

function wrong(field: string, got: string | number, want: string): EngineError {
  return new EngineError(
    CORRUPTION,
    `cannot read ${NODE_FILE_NAME}: ${field} got ${got}, want ${want}`,
    { data: { field, got, want } },
  );
}
