/**
 * Open blocks of one thread, shared by whoever reads them: a block is opened when it is first asked
 * for and stays open while somebody holds it, and beyond that while there is room. Bounds file
 * descriptors and the memory of indexes.
 */
import { assert } from "#base/assert.ts";
import type { ShardId } from "#model/refs.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import { BlockReader } from "./block-reader.ts";
import type { PageTools } from "./page-tools.ts";

/** Of some 1,000 descriptors a process usually has; more only while more are held at once. */
export const OPEN_BLOCKS_MAX_DEFAULT = 256;

/** A tenth of what the heads of a small node may take. */
export const INDEX_BYTES_MAX_DEFAULT: number = 256 * 1024 * 1024;

/** What tells one file from all others. */
export interface BlockFileName {
  readonly fileShard: ShardId;
  readonly folderShard: ShardId;
  readonly blockId: number;
  readonly footerCrc: number;
}

export interface BlockReadersOptions {
  readonly disk: Disk;
  readonly clusterUuid: Uint8Array;
  readonly tools: PageTools;
  readonly openBlocksMax?: number;
  /** Memory of indexes that nobody holds; those held come on top. */
  readonly indexBytesMax?: number;
}

/** Dispose it when done; the reader is valid until then. */
export interface BlockLease extends Disposable {
  readonly reader: BlockReader;
}

interface OpenBlock {
  readonly name: BlockFileName;
  readonly opening: Promise<BlockReader>;
  holders: number;
  /** While nobody holds it. */
  idleBytes: number;
  /** Since the last `closeUnused`. */
  isUsed: boolean;
}

export class BlockReaders {
  readonly #options: BlockReadersOptions;
  /** In order of last use, the oldest first. */
  readonly #open = new Map<string, OpenBlock>();
  #closing: Promise<void> = Promise.resolve();
  #idleBytes = 0;

  constructor(options: BlockReadersOptions) {
    this.#options = options;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** Throws what `BlockReader.open` throws. */
  async hold(name: BlockFileName): Promise<BlockLease> {
    const key = keyOf(name);
    const block = this.#open.get(key) ?? this.#openNow(name);
    this.#open.delete(key);
    this.#open.set(key, block);
    block.holders++;
    block.isUsed = true;
    this.#idleBytes -= block.idleBytes;
    block.idleBytes = 0;
    try {
      const reader = await block.opening;
      return { reader, [Symbol.dispose]: once(() => this.#release(key, block, reader)) };
    } catch (error) {
      block.holders--;
      if (this.#open.get(key) === block) this.#open.delete(key);
      throw error;
    }
  }

  /** Closes the block as soon as nobody holds it: its file is about to go. */
  forget(name: BlockFileName): void {
    const key = keyOf(name);
    const block = this.#open.get(key);
    if (block === undefined) return;
    this.#open.delete(key);
    if (block.holders === 0) this.#close(block);
  }

  /**
   * Closes what nobody asked for since the last call. Called now and then, so that the files of
   * blocks that are gone do not keep their space for the sake of a reader that never comes.
   */
  closeUnused(): void {
    for (const [key, block] of this.#open) {
      if (block.holders === 0 && !block.isUsed) {
        this.#open.delete(key);
        this.#close(block);
      }
      block.isUsed = false;
    }
  }

  /** Nobody holds anything any more. */
  async close(): Promise<void> {
    for (const [key, block] of this.#open) {
      assert(block.holders === 0, () => `block ${key}: closed while it is read`);
      this.#close(block);
    }
    this.#open.clear();
    await this.#closing;
  }

  #openNow(name: BlockFileName): OpenBlock {
    const { disk, clusterUuid, tools } = this.#options;
    const { fileShard, folderShard, blockId, footerCrc } = name;
    const owner = { clusterUuid, shard: fileShard };
    const file = { folderShard, blockId, footerCrc };
    const opening = BlockReader.open({ disk, owner, tools, ...file });
    return { name, opening, holders: 0, idleBytes: 0, isUsed: true };
  }

  #release(key: string, block: OpenBlock, reader: BlockReader): void {
    assert(block.holders > 0, () => `block ${key}: released twice`);
    block.holders--;
    if (block.holders > 0) return;
    block.isUsed = true;
    block.idleBytes = reader.indexBytes;
    this.#idleBytes += block.idleBytes;
    if (this.#open.get(key) !== block) this.#close(block);
    else this.#trim();
  }

  #trim(): void {
    const { openBlocksMax = OPEN_BLOCKS_MAX_DEFAULT, indexBytesMax = INDEX_BYTES_MAX_DEFAULT } =
      this.#options;
    for (const [key, block] of this.#open) {
      if (this.#open.size <= openBlocksMax && this.#idleBytes <= indexBytesMax) return;
      if (block.holders > 0) continue;
      this.#open.delete(key);
      this.#close(block);
    }
  }

  /** A file that does not close, or never opened, is no concern of a reader. */
  #close(block: OpenBlock): void {
    this.#idleBytes -= block.idleBytes;
    block.idleBytes = 0;
    this.#closing = this.#closing.then(async () => {
      try {
        await (await block.opening).close();
      } catch {
        // Nothing was written through it.
      }
    });
  }
}

function keyOf({ folderShard, blockId, footerCrc }: BlockFileName): string {
  return `${folderShard}/${blockId}/${footerCrc}`;
}

function once(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    run();
  };
}
