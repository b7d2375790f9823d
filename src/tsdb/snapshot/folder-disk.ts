/** A disk below one folder of another disk: what is written for a data folder can lie inside one. */
import type { Disk, DiskFile } from "#runtime/ports/disk.ts";

export class FolderDisk implements Disk {
  readonly #disk: Disk;
  readonly #folder: string;

  /** `folder` must exist. */
  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
  }

  async open(path: string, mode: "create" | "write" | "read"): Promise<DiskFile> {
    return await this.#disk.open(this.pathOf(path), mode);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#disk.rename(this.pathOf(from), this.pathOf(to));
  }

  async unlink(path: string): Promise<void> {
    await this.#disk.unlink(this.pathOf(path));
  }

  async link(from: string, to: string): Promise<void> {
    await this.#disk.link(this.pathOf(from), this.pathOf(to));
  }

  async removeFolder(path: string): Promise<void> {
    await this.#disk.removeFolder(this.pathOf(path));
  }

  async mkdir(path: string): Promise<void> {
    await this.#disk.mkdir(this.pathOf(path));
  }

  async list(path: string): Promise<readonly string[]> {
    return await this.#disk.list(this.pathOf(path));
  }

  async syncDir(path: string): Promise<void> {
    await this.#disk.syncDir(this.pathOf(path));
  }

  async freeBytes(): Promise<number> {
    return await this.#disk.freeBytes();
  }

  /** On the disk around it. */
  pathOf(path: string): string {
    return path === "" ? this.#folder : `${this.#folder}/${path}`;
  }
}
