/**
 * A disk for long work on an event loop that has urgent work too: the disk below answers at once, so
 * nothing else would run until the end of it. Every operation first waits until nothing urgent is
 * under way, and lets the loop turn when the last turn is some time ago.
 */
import type { Clock } from "#runtime/ports/clock.ts";
import type { Disk, DiskFile } from "#runtime/ports/disk.ts";

export interface Patience {
  readonly clock: Clock;
  readonly nextTurn: () => Promise<void>;
  /** Resolves when nothing urgent is under way; null when that is so. */
  readonly whenCalm: () => Promise<void> | null;
}

/** An order for a flush waits no longer for the loop. */
const TURN_MS = 10;

export class PatientDisk implements Disk {
  readonly #disk: Disk;
  readonly #patience: Patience;
  #turnedAtMs = 0;

  constructor(disk: Disk, patience: Patience) {
    this.#disk = disk;
    this.#patience = patience;
  }

  async open(path: string, mode: "create" | "write" | "read"): Promise<DiskFile> {
    await this.wait();
    return new PatientFile(await this.#disk.open(path, mode), this);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.wait();
    await this.#disk.rename(from, to);
  }

  async unlink(path: string): Promise<void> {
    await this.wait();
    await this.#disk.unlink(path);
  }

  async link(from: string, to: string): Promise<void> {
    await this.wait();
    await this.#disk.link(from, to);
  }

  async removeFolder(path: string): Promise<void> {
    await this.wait();
    await this.#disk.removeFolder(path);
  }

  async mkdir(path: string): Promise<void> {
    await this.wait();
    await this.#disk.mkdir(path);
  }

  async list(path: string): Promise<readonly string[]> {
    await this.wait();
    return await this.#disk.list(path);
  }

  async syncDir(path: string): Promise<void> {
    await this.wait();
    await this.#disk.syncDir(path);
  }

  async freeBytes(): Promise<number> {
    return await this.#disk.freeBytes();
  }

  async wait(): Promise<void> {
    const { clock, nextTurn, whenCalm } = this.#patience;
    if (clock.monoMs() - this.#turnedAtMs > TURN_MS) {
      await nextTurn();
      this.#turnedAtMs = clock.monoMs();
    }
    for (let calm = whenCalm(); calm !== null; calm = whenCalm()) await calm;
  }
}

class PatientFile implements DiskFile {
  readonly #file: DiskFile;
  readonly #disk: PatientDisk;

  constructor(file: DiskFile, disk: PatientDisk) {
    this.#file = file;
    this.#disk = disk;
  }

  get path(): string {
    return this.#file.path;
  }

  async size(): Promise<number> {
    return await this.#file.size();
  }

  async pread(into: Uint8Array, offset: number): Promise<number> {
    await this.#disk.wait();
    return await this.#file.pread(into, offset);
  }

  async pwrite(bytes: Uint8Array, offset: number): Promise<number> {
    await this.#disk.wait();
    return await this.#file.pwrite(bytes, offset);
  }

  async datasync(): Promise<void> {
    await this.#disk.wait();
    await this.#file.datasync();
  }

  async truncate(size: number): Promise<void> {
    await this.#disk.wait();
    await this.#file.truncate(size);
  }

  async allocate(size: number): Promise<void> {
    await this.#disk.wait();
    await this.#file.allocate(size);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
