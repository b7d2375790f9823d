/**
 * The snapshots of a data folder: each is a data folder of its own below `snapshots/`, by name. One
 * in the making, or about to go, has a temporary name, which nobody lists and the next start removes.
 */
import { EngineError, isErrorOf } from "#base/engine-error.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";
import { ensureFolder } from "../block/ensure-folder.ts";
import { TEMPORARY_SUFFIX } from "../block/temporary-file.ts";
import { readNodeFile, writeNodeFile } from "../node-file.ts";
import { FolderDisk } from "./folder-disk.ts";

export const SNAPSHOTS_FOLDER = "snapshots";
const NAME = /^[A-Za-z0-9][A-Za-z0-9-]{0,127}$/;

export function isSnapshotName(name: string): boolean {
  return NAME.test(name);
}

export class SnapshotFolder {
  readonly #disk: Disk;

  /** Of the data folder. */
  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Where the parts of a snapshot are put until it is finished. */
  making(name: string): FolderDisk {
    return new FolderDisk(this.#disk, this.#path(name) + TEMPORARY_SUFFIX);
  }

  /** The folder is there and empty when this resolves; it counts for nothing until `finish`. */
  async begin(name: string): Promise<void> {
    await ensureFolder(this.#disk, this.#path(name) + TEMPORARY_SUFFIX);
  }

  /** All parts are durable. From here on there is a snapshot of this name. */
  async finish(name: string): Promise<void> {
    const meta = await readNodeFile(this.#disk);
    if (meta === null) {
      throw new EngineError(CORRUPTION, "cannot finish a snapshot: the folder has no node.json");
    }
    await writeNodeFile(this.making(name), meta);
    await this.#disk.rename(this.#path(name) + TEMPORARY_SUFFIX, this.#path(name));
    await this.#disk.syncDir(SNAPSHOTS_FOLDER);
  }

  /** Names of whole snapshots, sorted. */
  async list(): Promise<readonly string[]> {
    return (await this.#disk.list(SNAPSHOTS_FOLDER)).filter(isSnapshotName);
  }

  /** False when there is none of this name. */
  async remove(name: string): Promise<boolean> {
    if (!(await this.list()).includes(name)) return false;
    const leaving = this.#path(name) + TEMPORARY_SUFFIX;
    await this.#disk.rename(this.#path(name), leaving);
    await this.#disk.syncDir(SNAPSHOTS_FOLDER);
    await this.#removeTree(leaving);
    return true;
  }

  /** What became of a snapshot that failed. */
  async discard(name: string): Promise<void> {
    const isThere = (await this.#disk.list(SNAPSHOTS_FOLDER)).includes(name + TEMPORARY_SUFFIX);
    if (isThere) await this.#removeTree(this.#path(name) + TEMPORARY_SUFFIX);
  }

  /** Removes what a crash left. At a start, before anybody makes one. */
  async sweep(): Promise<void> {
    for (const name of await this.#disk.list(SNAPSHOTS_FOLDER)) {
      if (name.endsWith(TEMPORARY_SUFFIX)) await this.#removeTree(`${SNAPSHOTS_FOLDER}/${name}`);
    }
  }

  /** Files are told from folders by trying. */
  async #removeTree(path: string): Promise<void> {
    const names = await this.#disk.list(path);
    for (const name of names) {
      const child = `${path}/${name}`;
      if (await this.#tryUnlink(child)) continue;
      await this.#removeTree(child);
    }
    await this.#disk.removeFolder(path);
  }

  async #tryUnlink(path: string): Promise<boolean> {
    try {
      await this.#disk.unlink(path);
      return true;
    } catch (error) {
      // Linux says EISDIR, others EPERM.
      const isFolder = [runtimeErrors.diskExists, runtimeErrors.diskDenied];
      if (isFolder.some((code) => isErrorOf(error, code))) return false;
      throw error;
    }
  }

  #path(name: string): string {
    return `${SNAPSHOTS_FOLDER}/${name}`;
  }
}
