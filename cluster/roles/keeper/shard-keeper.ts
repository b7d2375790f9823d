/**
 * Manifest, blocks and series log of one shard: opens them, turns closed generations into blocks,
 * and does what its blocks need. Data first, then the series log, then the manifest; only when the
 * shard worker has taken a version over may files that it no longer names go. Commits come one at a
 * time. After an error the same call may be made again. Owned by the keeper of its shard worker.
 */
import { assert } from "#base/assert.ts";
import { EngineError, isErrorOf } from "#base/engine-error.ts";
import { seq, type Epoch } from "#model/refs.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import type { Logger } from "#runtime/ports/logger.ts";
import type { ClosedGeneration } from "#storage/head-generation.ts";
import type { SelectRequest } from "#storage/queryable.ts";
import { CORRUPTION, OVERLOADED } from "#storage/storage-errors.ts";
import type { BlockReaders } from "#tsdb/block/block-readers.ts";
import { BlockFile } from "#tsdb/block/block-file.ts";
import { blockIdOf, blockPath } from "#tsdb/block/block-path.ts";
import { verifyBlock } from "#tsdb/block/block-verify.ts";
import type { FileOwner } from "#tsdb/block/file-header.ts";
import type { PageTools } from "#tsdb/block/page-tools.ts";
import type { CompactionContext, CompactionResult } from "#tsdb/compaction/compaction-job.ts";
import { rewriteBlock } from "#tsdb/compaction/rewrite-block.ts";
import { runCompaction } from "#tsdb/compaction/run-compaction.ts";
import { salvageBlock } from "#tsdb/compaction/salvage-block.ts";
import { blocksToClean, finishedTombstones } from "#tsdb/compaction/tombstone-plan.ts";
import { flushGeneration, type GenerationSource } from "#tsdb/flush/flush-generation.ts";
import { blockEntryOf, type BlockEntry, type BlockKey } from "#tsdb/manifest/block-entry.ts";
import { BlockSet } from "#tsdb/manifest/block-set.ts";
import { Manifest } from "#tsdb/manifest/manifest.ts";
import {
  MANIFEST_TOMBSTONES_MAX,
  type ManifestEdit,
  type ManifestState,
} from "#tsdb/manifest/manifest-state.ts";
import type { Tombstone } from "#tsdb/tombstone/tombstone.ts";
import { SnapshotFolder } from "#tsdb/snapshot/snapshot-folder.ts";
import { snapshotShard } from "#tsdb/snapshot/snapshot-shard.ts";
import { SeriesLog, type SeriesLogCut } from "#tsdb/series-log/series-log.ts";
import type { UpkeepStep } from "./next-upkeep.ts";
import { Turnstile } from "./turnstile.ts";

export interface ShardKeeperOptions {
  readonly owner: FileOwner;
  readonly epoch: Epoch;
  readonly disk: Disk;
  /** For work that waits whenever something else is urgent; `readers` are on it too. */
  readonly patientDisk: Disk;
  readonly readers: BlockReaders;
  readonly tools: PageTools;
  readonly logger: Logger;
  readonly oldestPinnedElsewhere: () => number;
  /** Resolves when the shard worker reads `state`, and has released that generation. */
  readonly install: (state: ManifestState, releases: number | null) => Promise<void>;
  readonly onQuarantine: () => void;
  /** Somebody said so: go on with what is left of the manifest. */
  readonly acceptLoss?: boolean;
}

/** A generation as the shard worker gives it. */
export interface GenerationFeed extends SeriesLogCut {
  readonly generation: ClosedGeneration;
  samples(): GenerationSource;
}

/** What of a flush is done; it goes on from there after an error. */
interface FlushProgress {
  readonly number: number;
  blocks: readonly BlockEntry[] | null;
  isSeriesLogged: boolean;
}

export class ShardKeeper {
  readonly #options: ShardKeeperOptions;
  readonly #manifest: Manifest;
  readonly #set: BlockSet;
  readonly #seriesLog: SeriesLog;
  readonly #commits = new Turnstile();
  readonly #flushes = new Turnstile();
  readonly #quarantining = new Set<BlockKey>();
  #progress: FlushProgress | null = null;

  private constructor(
    options: ShardKeeperOptions,
    manifest: Manifest,
    set: BlockSet,
    seriesLog: SeriesLog,
  ) {
    this.#options = options;
    this.#manifest = manifest;
    this.#set = set;
    this.#seriesLog = seriesLog;
  }

  /** Errors: `storage.corruption` when versions of the manifest are lost. */
  static async open(options: ShardKeeperOptions): Promise<ShardKeeper> {
    const { disk, owner, logger, readers, onQuarantine, oldestPinnedElsewhere } = options;
    const { acceptLoss = false } = options;
    const manifest = await Manifest.open({ disk, owner, acceptLoss });
    for (const { kind, path, offset, cause } of manifest.loaded.corruptions) {
      const fields = { shard: owner.shard, kind, path, offset, cause };
      logger.error(fields, "versions of the manifest are lost here, which is accepted");
    }
    const { healedCount } = manifest.loaded;
    if (healedCount > 0) {
      // Nothing is lost, but the disk should be looked at. A torn commit may look like this too.
      logger.warn({ shard: owner.shard, healedCount }, "manifest records came from their copies");
    }
    const set = await BlockSet.open({
      disk,
      owner,
      manifest,
      logger,
      onQuarantine,
      onDropped: (blocks) => blocks.forEach((block) => readers.forget(block)),
      oldestPinnedElsewhere,
    });
    const { flushedSeq } = manifest.state;
    // The shard worker reads the records; here only the place to go on at is wanted.
    const seriesLog = await SeriesLog.open({ disk, owner, flushedSeq }, () => {});
    for (const corruption of seriesLog.loaded.corruptions) {
      logger.error({ shard: owner.shard, ...corruption }, "the series log is damaged here");
    }
    return new ShardKeeper(options, manifest, set, seriesLog);
  }

  get state(): ManifestState {
    return this.#set.state;
  }

  /** Removed blocks whose files are still there. */
  get leavingCount(): number {
    return this.#set.leavingCount;
  }

  /** Makes sure that what the manifest said when it was loaded survives power loss. */
  async confirm(): Promise<void> {
    if (this.#manifest.isConfirmed || this.state.version === 0) return;
    await this.#commits.pass(() => this.#manifest.confirm());
  }

  /**
   * Removes block files that the manifest did not list at open. The caller knows that it agrees with
   * the log; here nothing may be missing from it either.
   */
  async discardUnlisted(): Promise<void> {
    const { unlisted, missing } = this.#set;
    const isDoubtful = missing.length > 0 || this.#manifest.loaded.corruptions.length > 0;
    if (unlisted.length === 0 || isDoubtful) return;
    await this.confirm();
    await this.#set.discardUnlisted((path) => this.#isSound(path));
  }

  async #isSound(path: string): Promise<boolean> {
    const { patientDisk, owner, tools } = this.#options;
    const blockId = blockIdOf(path.slice(path.lastIndexOf("/") + 1));
    try {
      const file = await BlockFile.open(patientDisk, path, owner, blockId);
      try {
        await verifyBlock(file, tools);
      } finally {
        await file.close();
      }
      return true;
    } catch (error) {
      if (isErrorOf(error, CORRUPTION)) return false;
      throw error;
    }
  }

  /** Resolves when the generation has left the head. */
  async flush(feed: GenerationFeed): Promise<readonly BlockEntry[]> {
    return await this.#flushes.pass(() => this.#flush(feed));
  }

  /** Puts what is in blocks into the snapshot in the making of this name. */
  async snapshot(name: string): Promise<void> {
    const { disk, owner } = this.#options;
    const into = new SnapshotFolder(disk).making(name);
    // Beside a flush the series log would change, beside a commit the files.
    await this.#flushes.pass(() =>
      this.#commits.pass(() => snapshotShard(disk, into, owner, this.state)),
    );
  }

  async #flush(feed: GenerationFeed): Promise<readonly BlockEntry[]> {
    const { generation } = feed;
    let progress = this.#progress;
    if (progress?.number !== generation.number) {
      progress = { number: generation.number, blocks: null, isSeriesLogged: false };
      this.#progress = progress;
    }
    progress.blocks ??= await this.#writeBlocks(feed);
    if (!progress.isSeriesLogged) {
      await this.#seriesLog.append(feed);
      progress.isSeriesLogged = true;
    }
    const { blocks } = progress;
    const flushed = { addBlocks: blocks, flushedSeq: seq(generation.lastSeq) };
    await this.#commit(() => flushed, generation.number);
    this.#progress = null;
    await this.#cleanUp(() => this.#seriesLog.removeOld());
    return blocks;
  }

  /** Carries out a step of `nextUpkeep`; false when what it was planned for is gone. */
  async upkeep(step: UpkeepStep): Promise<boolean> {
    switch (step.kind) {
      case "expire":
        await this.#commit(({ blocks }) => {
          return { removeBlocks: step.blocks.filter((key) => blocks.has(key)) };
        });
        return true;
      case "forget":
        await this.#commit(() => ({ removeTombstones: step.tombstones }));
        return true;
      case "clean":
        return await this.#replace((context) => rewriteBlock(step.block, context, null));
      case "rewrite":
        return await this.#replace((context) => rewriteBlock(step.block, context, step.retention));
      case "merge":
        return await this.#replace((context) => runCompaction(step.task, context));
    }
  }

  /** Whether blocks have series of a selection, whatever their samples in range. */
  async holds({ tenant, matchers, minMs, maxMs }: SelectRequest): Promise<boolean> {
    for (const block of this.state.blocks.values()) {
      if (block.minMs > maxMs || block.maxMs < minMs) continue;
      using lease = await this.#options.readers.hold(block);
      if ((await lease.reader.select(tenant, matchers)).length > 0) return true;
    }
    return false;
  }

  /** Hides what a deletion means; all samples up to its record are in blocks. */
  async delete(tombstone: Tombstone): Promise<void> {
    const { tombstones, flushedSeq } = this.state;
    const { shard } = this.#options.owner;
    assert(tombstone.seq <= flushedSeq, () => `shard ${shard}: deletion before its flush`);
    if (tombstones.length >= MANIFEST_TOMBSTONES_MAX) {
      const got = `${tombstones.length} deletions wait to be applied`;
      throw new EngineError(OVERLOADED, `cannot delete from shard ${shard}: ${got}`);
    }
    await this.#commit(() => ({ addTombstones: [tombstone] }));
  }

  /** Applies all deletions inside the blocks. */
  async clean(): Promise<void> {
    for (;;) {
      const [block] = blocksToClean(this.state);
      if (block === undefined) break;
      await this.upkeep({ kind: "clean", block });
    }
    const tombstones = finishedTombstones(this.state);
    if (tombstones.length > 0) await this.upkeep({ kind: "forget", tombstones });
  }

  /** The block that an error found damaged, when it is one of this shard's. */
  damagedBlock(error: unknown): BlockKey | null {
    if (!(error instanceof EngineError) || !isErrorOf(error, CORRUPTION)) return null;
    const { path } = error.data;
    for (const [key, block] of this.state.blocks) {
      if (blockPath(block.folderShard, block.blockId) === path) return key;
    }
    return null;
  }

  /** Takes a damaged block out of use; what can be read of it goes on in another. */
  async quarantine(key: BlockKey, cause: unknown): Promise<void> {
    const { epoch, install } = this.#options;
    const block = this.state.blocks.get(key);
    // Many queries may meet the same damage.
    if (block === undefined || this.#quarantining.has(key)) return;
    this.#quarantining.add(key);
    try {
      const saved = await this.#salvage(block);
      await this.#commits.pass(async () => {
        const before = this.state.version;
        try {
          await this.#set.quarantine(key, cause, epoch, saved);
        } finally {
          // Also when the file could not be moved: the manifest does not name it any more.
          if (this.state.version > before) await install(this.state, null);
        }
      });
    } finally {
      this.#quarantining.delete(key);
    }
  }

  /** Throws what says nothing about the block itself. */
  async #salvage(block: BlockEntry): Promise<readonly BlockEntry[]> {
    try {
      const { saved } = await salvageBlock(block, this.#context());
      return saved === null ? [] : [saved];
    } catch (error) {
      if (!isErrorOf(error, CORRUPTION)) throw error;
      return [];
    }
  }

  /** Unlinks files that nobody can ask for any more; what is still read goes with a later call. */
  async sweep(): Promise<void> {
    if (this.leavingCount > 0) await this.#set.sweep();
  }

  async #writeBlocks(feed: GenerationFeed): Promise<readonly BlockEntry[]> {
    const { disk, owner, tools, epoch } = this.#options;
    const takeBlockId = (): number => this.#set.takeBlockId();
    const { generation } = feed;
    const where = { disk, owner, tools, epoch, generation, takeBlockId };
    const { blocks } = await flushGeneration(feed.samples(), where);
    return blocks.map((written) => blockEntryOf(written, owner.shard, seq(0)));
  }

  /** `edit` is asked for when no other commit is under way. */
  async #commit(
    edit: (state: ManifestState) => Omit<ManifestEdit, "epoch">,
    releases: number | null = null,
  ): Promise<void> {
    const { epoch, install } = this.#options;
    await this.#commits.pass(async () => {
      const state = await this.#set.commit({ epoch, ...edit(this.state) });
      await install(state, releases);
    });
    await this.#cleanUp(() => this.sweep());
  }

  async #replace(run: (context: CompactionContext) => Promise<CompactionResult>): Promise<boolean> {
    const { epoch, install } = this.#options;
    const context = this.#context();
    const { addBlocks, removeBlocks } = await run(context);
    const isTaken = await this.#commits.pass(async () => {
      const applied = new Set(context.tombstones.map(({ seq: at }) => at));
      if (this.state.tombstones.some(({ seq: at }) => !applied.has(at))) {
        // A deletion came meanwhile: beside newer samples what it hides would show again.
        await this.#set.discard(addBlocks, removeBlocks);
        return false;
      }
      const isReplaced = await this.#set.replace(epoch, addBlocks, removeBlocks);
      if (isReplaced) await install(this.state, null);
      return isReplaced;
    });
    await this.#cleanUp(() => this.sweep());
    return isTaken;
  }

  /** What was committed stays so, whatever becomes of the files that it left over. */
  async #cleanUp(remove: () => Promise<void>): Promise<void> {
    try {
      await remove();
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const { logger, owner } = this.#options;
      logger.warn({ shard: owner.shard, error }, "cannot remove files that are no longer needed");
    }
  }

  #context(): CompactionContext {
    const { patientDisk, owner, tools, readers } = this.#options;
    const { tombstones } = this.state;
    const takeBlockId = (): number => this.#set.takeBlockId();
    return { disk: patientDisk, owner, tools, readers, tombstones, takeBlockId };
  }
}
