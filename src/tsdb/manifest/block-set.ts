/**
 * The blocks of one shard: what the manifest lists, who still reads what it no longer lists, and
 * which files may go. Every change of the manifest goes through here. A file leaves the manifest
 * first and the disk when no view at or below its last version is open. Nothing is deleted on doubt:
 * damaged files move to `quarantine/`, files that nobody lists stay until somebody says so.
 */
import { EngineError, isErrorOf } from "#base/engine-error.ts";
import type { Epoch } from "#model/refs.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import type { Logger } from "#runtime/ports/logger.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";
import { blockFolder, blockIdOf, blockPath, quarantineFolder } from "../block/block-path.ts";
import { ensureFolder } from "../block/ensure-folder.ts";
import type { FileOwner } from "../block/file-header.ts";
import { TEMPORARY_SUFFIX } from "../block/temporary-file.ts";
import { blockKeyOf, type BlockEntry, type BlockKey } from "./block-entry.ts";
import type { Manifest } from "./manifest.ts";
import type { ManifestEdit, ManifestState } from "./manifest-state.ts";
import { VersionPins } from "./version-pins.ts";

export interface BlockSetOptions {
  readonly disk: Disk;
  readonly owner: FileOwner;
  readonly manifest: Manifest;
  readonly logger: Logger;
  /** Counts damage; called once per block. */
  readonly onQuarantine?: (block: BlockEntry, cause: unknown) => void;
  /** The files of these blocks are gone or about to go: close them. */
  readonly onDropped?: (blocks: readonly BlockEntry[]) => void;
  /** Oldest version pinned by other threads; Infinity when there is none. */
  readonly oldestPinnedElsewhere?: () => number;
}

/** A version that stays readable until it is disposed. */
export interface BlockPin extends Disposable {
  readonly state: ManifestState;
}

interface LeavingBlock {
  readonly block: BlockEntry;
  /** First version without it. */
  readonly removedIn: number;
}

export class BlockSet {
  /** Listed, and not on the disk: what they held is lost here. */
  readonly missing: readonly BlockEntry[];
  /** Paths of whole block files that the manifest did not list at open. */
  readonly unlisted: readonly string[];
  readonly #options: BlockSetOptions;
  readonly #pins = new VersionPins();
  #leaving: LeavingBlock[] = [];
  #nextBlockId: number;

  private constructor(options: BlockSetOptions, names: readonly string[]) {
    this.#options = options;
    const { owner, manifest } = options;
    const { blocks, nextBlockId } = manifest.state;
    const present = new Set(names.map(blockIdOf));
    const entries = [...blocks.values()];
    const listed = new Set(entries.map(({ blockId }) => blockId));
    this.missing = entries.filter(({ blockId }) => !present.has(blockId));
    this.unlisted = [...present]
      .filter((blockId) => blockId > 0 && !listed.has(blockId))
      .map((blockId) => blockPath(owner.shard, blockId));
    // Ids of files that are there are not given again, listed or not.
    this.#nextBlockId = Math.max(nextBlockId, 1 + Math.max(0, ...present));
  }

  /** Removes left-over temporary files and looks at the rest; changes nothing else. */
  static async open(options: BlockSetOptions): Promise<BlockSet> {
    const { disk, owner, logger } = options;
    const folder = blockFolder(owner.shard);
    const kept: string[] = [];
    for (const name of await disk.list(folder)) {
      if (name.endsWith(TEMPORARY_SUFFIX)) await removeFile(disk, `${folder}/${name}`);
      else kept.push(name);
    }
    const quarantined = (await disk.list(quarantineFolder(owner.shard))).map(blockIdOf);
    const set = new BlockSet(options, kept);
    set.#nextBlockId = Math.max(set.#nextBlockId, 1 + Math.max(0, ...quarantined));
    for (const { blockId, minMs, maxMs } of set.missing) {
      const fields = { shard: owner.shard, blockId, minMs, maxMs };
      logger.error(fields, "a block that the manifest lists is not on the disk");
    }
    for (const path of set.unlisted) {
      logger.warn({ shard: owner.shard, path }, "a block file is there that nobody lists");
    }
    return set;
  }

  get state(): ManifestState {
    return this.#options.manifest.state;
  }

  /** For a block about to be written; the file may come to nothing. */
  takeBlockId(): number {
    return this.#nextBlockId++;
  }

  /** The newest version, readable until disposed. */
  pin(): BlockPin {
    const { state } = this;
    const pin = this.#pins.pin(state.version);
    return {
      state,
      [Symbol.dispose]: () => {
        pin[Symbol.dispose]();
      },
    };
  }

  /** Makes the next version. Files that it no longer lists go with a later `sweep`. */
  async commit(edit: ManifestEdit): Promise<ManifestState> {
    const before = this.state;
    const stays = new Set((edit.addBlocks ?? []).map(blockKeyOf));
    const removed = (edit.removeBlocks ?? [])
      .filter((key) => !stays.has(key))
      .map((key) => before.blocks.get(key)!);
    const state = await this.#options.manifest.commit({ nextBlockId: this.#nextBlockId, ...edit });
    for (const block of removed) this.#leaving.push({ block, removedIn: state.version });
    return state;
  }

  /**
   * Takes the result of a job: blocks written in place of others. False when one of the others has
   * left meanwhile: then the result is void, and its files go.
   */
  async replace(
    epoch: Epoch,
    addBlocks: readonly BlockEntry[],
    removeBlocks: readonly BlockKey[],
  ): Promise<boolean> {
    const { blocks } = this.state;
    if (removeBlocks.every((key) => blocks.has(key))) {
      await this.commit({ epoch, addBlocks, removeBlocks });
      return true;
    }
    await this.discard(addBlocks, removeBlocks);
    return false;
  }

  /** Removes the files of a result that is void. */
  async discard(
    addBlocks: readonly BlockEntry[],
    removeBlocks: readonly BlockKey[],
  ): Promise<void> {
    for (const block of addBlocks) {
      // An entry that only says something else of a file that stays brings no file of its own.
      if (removeBlocks.includes(blockKeyOf(block))) continue;
      await this.#tryUnlink(blockPath(block.folderShard, block.blockId));
    }
  }

  /** Unlinks files that no open view can ask for; returns how many. What fails is tried again. */
  async sweep(): Promise<number> {
    const { disk, owner, onDropped, oldestPinnedElsewhere } = this.#options;
    const oldest = Math.min(this.#pins.oldest, oldestPinnedElsewhere?.() ?? Infinity);
    const ready = this.#leaving.filter(({ removedIn }) => oldest >= removedIn);
    if (ready.length === 0) return 0;
    onDropped?.(ready.map(({ block }) => block));
    let unlinked = 0;
    for (const leaving of ready) {
      const { folderShard, blockId } = leaving.block;
      // Other children of the shard that wrote it have names of their own for the same file.
      if (!(await this.#tryUnlink(blockPath(folderShard, blockId)))) continue;
      unlinked++;
      this.#leaving = this.#leaving.filter((one) => one !== leaving);
    }
    if (unlinked > 0) await disk.syncDir(blockFolder(owner.shard));
    return unlinked;
  }

  /** Removed blocks whose files are still there. */
  get leavingCount(): number {
    return this.#leaving.length;
  }

  get oldestPin(): number {
    return this.#pins.oldest;
  }

  /**
   * Takes a damaged block out of the manifest and moves its file aside. `instead` holds what could
   * be saved of it. Idempotent: a block that is not listed any more is left alone.
   */
  async quarantine(
    key: BlockKey,
    cause: unknown,
    epoch: Epoch,
    instead: readonly BlockEntry[] = [],
  ): Promise<void> {
    const { owner, logger, onQuarantine, onDropped, manifest } = this.#options;
    const block = this.state.blocks.get(key);
    if (block === undefined) return;
    await manifest.commit({ epoch, removeBlocks: [key], addBlocks: instead });
    const { blockId, folderShard, minMs, maxMs, sampleCount } = block;
    const why = cause instanceof Error ? cause.message : String(cause);
    const fields = { shard: owner.shard, blockId, minMs, maxMs, sampleCount, cause: why };
    logger.error(fields, "a damaged block is moved to quarantine");
    onQuarantine?.(block, cause);
    onDropped?.([block]);
    await this.#moveAside(blockPath(folderShard, blockId));
  }

  /**
   * Removes the files that nobody listed at open. Only for a manifest that is sound and agrees with
   * the shard's log: then they are a block whose commit never came, or one that had left already. A
   * file that is not sound was on its way to quarantine and goes there.
   */
  async discardUnlisted(isSound: (path: string) => Promise<boolean>): Promise<number> {
    const { disk, owner } = this.#options;
    const listed = new Set([...this.state.blocks.values()].map(({ blockId }) => blockId));
    let removed = 0;
    for (const path of this.unlisted) {
      const blockId = blockIdOf(path.slice(path.lastIndexOf("/") + 1));
      if (listed.has(blockId)) continue;
      if (!(await isSound(path))) await this.#moveAside(path);
      else if (await this.#tryUnlink(path)) removed++;
    }
    if (removed > 0) await disk.syncDir(blockFolder(owner.shard));
    return removed;
  }

  async #moveAside(path: string): Promise<void> {
    const { disk, owner } = this.#options;
    const folder = quarantineFolder(owner.shard);
    await ensureFolder(disk, folder);
    try {
      await disk.rename(path, `${folder}${path.slice(path.lastIndexOf("/"))}`);
    } catch (error) {
      // It was lost, which is why it is not listed any more.
      if (isErrorOf(error, runtimeErrors.diskNotFound)) return;
      throw error;
    }
    await disk.syncDir(folder);
    await disk.syncDir(blockFolder(owner.shard));
  }

  /** True when the file is gone. */
  async #tryUnlink(path: string): Promise<boolean> {
    const { disk, logger, owner } = this.#options;
    try {
      await removeFile(disk, path);
      return true;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      logger.warn({ shard: owner.shard, path, cause: error.message }, "cannot remove a file");
      return false;
    }
  }
}

async function removeFile(disk: Disk, path: string): Promise<void> {
  try {
    await disk.unlink(path);
  } catch (error) {
    if (!isErrorOf(error, runtimeErrors.diskNotFound)) throw error;
  }
}
