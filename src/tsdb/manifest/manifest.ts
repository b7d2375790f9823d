/**
 * The manifest of one shard: which blocks exist, up to which record they cover the log, what is
 * deleted. One owner at a time. `state` is the newest version known to be durable; every commit is
 * durable when it resolves. What a load found may be in the page cache only, so nothing may be
 * unlinked or truncated on its word before `confirm`.
 *
 * After a failed write or sync the file is never written again: the whole state goes to a new one.
 * A commit that rejects may still be found by the next load, so its maker leaves all files alone.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import type { Epoch } from "#model/refs.ts";
import type { Disk, DiskFile } from "#runtime/ports/disk.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";
import { ensureFolder } from "../block/ensure-folder.ts";
import { encodeFileHeader, fileSalt, type FileOwner } from "../block/file-header.ts";
import { readRange } from "../block/read-range.ts";
import { TemporaryFile } from "../block/temporary-file.ts";
import { encodeEdit } from "./manifest-edit-codec.ts";
import {
  encodeManifestRecord,
  isTemporaryName,
  MANIFEST_EDIT,
  MANIFEST_FORMAT,
  MANIFEST_SNAPSHOT,
  manifestFileIdOf,
  manifestFileName,
  manifestFolder,
} from "./manifest-format.ts";
import { loadManifest, type ManifestLoad } from "./manifest-load.ts";
import {
  applyEdit,
  checkEdit,
  MANIFEST_BLOCKS_MAX,
  MANIFEST_TOMBSTONES_MAX,
  snapshotEdit,
  type ManifestEdit,
  type ManifestState,
} from "./manifest-state.ts";

/** Edits are gathered up to this many bytes, or up to four snapshots if these are larger. */
const EDIT_BYTES_MAX: number = 64 * 1024;
const EDIT_SNAPSHOTS_MAX = 4;

/** The file that commits are appended to. */
interface OpenManifestFile {
  readonly file: DiskFile;
  readonly salt: number;
  readonly snapshotBytes: number;
  length: number;
  /** Checksum of its last record. */
  crc: number;
}

export interface ManifestOptions {
  readonly disk: Disk;
  readonly owner: FileOwner;
  /** Go on with what is left of a damaged manifest: the loss is known and dealt with. */
  readonly acceptLoss?: boolean;
}

export class Manifest {
  /** How the load went. */
  readonly loaded: ManifestLoad;
  readonly #disk: Disk;
  readonly #owner: FileOwner;
  #state: ManifestState;
  #newestFileId: number;
  #open: OpenManifestFile | null = null;
  #isBusy = false;

  private constructor(options: ManifestOptions, loaded: ManifestLoad) {
    this.#disk = options.disk;
    this.#owner = options.owner;
    this.loaded = loaded;
    this.#state = loaded.state;
    this.#newestFileId = loaded.newestFileId;
  }

  /** Reads only. Throws `storage.corruption` when versions are lost and the loss is not accepted. */
  static async open(options: ManifestOptions): Promise<Manifest> {
    const loaded = await loadManifest(options.disk, options.owner);
    const [first] = loaded.corruptions;
    if (first !== undefined && options.acceptLoss !== true) {
      const { kind, path, offset, cause } = first;
      throw new EngineError(
        CORRUPTION,
        `cannot load the manifest of shard ${options.owner.shard}: ${kind}: ${cause} in ${path}`,
        { data: { kind, path, offset, count: loaded.corruptions.length } },
      );
    }
    return new Manifest(options, loaded);
  }

  get state(): ManifestState {
    return this.#state;
  }

  /** False until `confirm` or a commit has resolved. */
  get isConfirmed(): boolean {
    return this.#open !== null;
  }

  /** Makes the state durable in a file of this life; heals what the load found damaged. */
  async confirm(): Promise<void> {
    await this.#exclusively(async () => {
      if (this.#open === null) await this.#roll(this.#state);
    });
  }

  /** The next version. Throws what the disk throws; the state stays and a later commit may work. */
  async commit(edit: ManifestEdit): Promise<ManifestState> {
    return await this.#exclusively(async () => {
      checkEdit(this.#state, edit);
      const next = applyEdit(this.#state, edit);
      assert(next.blocks.size <= MANIFEST_BLOCKS_MAX, () => `manifest: ${next.blocks.size} blocks`);
      assert(
        next.tombstones.length <= MANIFEST_TOMBSTONES_MAX,
        () => `manifest: got ${next.tombstones.length} tombstones`,
      );
      const isAppended = await this.#append(edit, next);
      if (!isAppended) await this.#roll(next);
      this.#state = next;
      return next;
    });
  }

  async close(): Promise<void> {
    await this.#exclusively(() => this.#leave());
  }

  /** False when there is no file to append to, or it is full or failed. */
  async #append(edit: ManifestEdit, next: ManifestState): Promise<boolean> {
    const open = this.#open;
    if (open === null) return false;
    const { bytes, crc } = record(open.salt, MANIFEST_EDIT, edit, next, open.crc);
    const room = Math.max(EDIT_BYTES_MAX, EDIT_SNAPSHOTS_MAX * open.snapshotBytes);
    if (open.length + bytes.length > room + open.snapshotBytes) return false;
    try {
      await writeAll(open.file, bytes, open.length);
      await open.file.datasync();
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      await this.#leave();
      return false;
    }
    open.length += bytes.length;
    open.crc = crc;
    return true;
  }

  /** A new file with the whole of `state`; the older ones go when it is durable. */
  async #roll(state: ManifestState): Promise<void> {
    await this.#leave();
    const folder = manifestFolder(this.#owner.shard);
    const fileId = ++this.#newestFileId;
    await ensureFolder(this.#disk, folder);
    const header = encodeFileHeader(MANIFEST_FORMAT, this.#owner, fileId, 0);
    const salt = fileSalt(header);
    const { bytes, crc } = record(salt, MANIFEST_SNAPSHOT, snapshotEdit(state), state, 0);
    const all = new Uint8Array(2 * header.length + bytes.length);
    all.set(header);
    all.set(header, header.length);
    all.set(bytes, 2 * header.length);
    const path = `${folder}/${manifestFileName(fileId)}`;
    await publish(this.#disk, path, all);
    const file = await this.#disk.open(path, "write");
    this.#open = { file, salt, snapshotBytes: all.length, length: all.length, crc };
    await this.#dropOlder(folder, fileId);
  }

  /** Best effort: an older file is read only when the newest is damaged. */
  async #dropOlder(folder: string, fileId: number): Promise<void> {
    try {
      for (const name of await this.#disk.list(folder)) {
        const id = manifestFileIdOf(name);
        if ((id > 0 && id < fileId) || isTemporaryName(name)) {
          await this.#disk.unlink(`${folder}/${name}`);
        }
      }
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
    }
  }

  async #leave(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    try {
      await open?.file.close();
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
    }
  }

  async #exclusively<T>(run: () => Promise<T>): Promise<T> {
    assert(!this.#isBusy, () => `manifest of shard ${this.#owner.shard}: two commits at once`);
    this.#isBusy = true;
    try {
      return await run();
    } finally {
      this.#isBusy = false;
    }
  }
}

function record(
  salt: number,
  type: number,
  edit: ManifestEdit,
  state: { readonly epoch: Epoch; readonly version: number },
  previousCrc: number,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly crc: number } {
  const { epoch, version } = state;
  return encodeManifestRecord(salt, {
    type,
    epoch,
    version,
    previousCrc,
    payload: encodeEdit(edit),
  });
}

/** Writes, syncs, reads back, compares, renames. */
async function publish(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const file = await TemporaryFile.create(disk, path);
  try {
    await file.append(bytes);
    const synced = await file.sync();
    const read = await readRange(synced, 0, bytes.length);
    if (read.some((byte, i) => byte !== bytes[i])) {
      throw new EngineError(CORRUPTION, `cannot write ${path}: what was read back differs`);
    }
    await file.publish();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

async function writeAll(file: DiskFile, bytes: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const count = await file.pwrite(bytes.subarray(done), offset + done);
    assert(count > 0, () => `${file.path}: the disk wrote nothing and reported no error`);
    done += count;
  }
}
