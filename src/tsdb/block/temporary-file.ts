/**
 * A file in the making: written front to back under a temporary name, made durable, and only then
 * given its real name. A crash at any moment leaves the real name absent or whole; left-over
 * temporary files never counted. After any error the file is given up and never written again.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import type { Disk, DiskFile } from "#runtime/ports/disk.ts";
import { parentOfDiskPath } from "#runtime/disk-path.ts";

/** Files so named may be removed by whoever finds them. */
export const TEMPORARY_SUFFIX = ".tmp";

/** Small appends are gathered to writes of this size. */
export const WRITE_BYTES_DEFAULT: number = 256 * 1024;

export class TemporaryFile {
  /** The name it will have. */
  readonly path: string;
  readonly #disk: Disk;
  #file: DiskFile | null;
  readonly #buffer: Uint8Array<ArrayBuffer>;
  #buffered = 0;
  #writtenBytes = 0;

  private constructor(disk: Disk, path: string, file: DiskFile, writeBytes: number) {
    this.#disk = disk;
    this.path = path;
    this.#file = file;
    this.#buffer = new Uint8Array(writeBytes);
  }

  /** The folder of `path` exists; see `ensureFolder`. */
  static async create(
    disk: Disk,
    path: string,
    writeBytes: number = WRITE_BYTES_DEFAULT,
  ): Promise<TemporaryFile> {
    const temporary = path + TEMPORARY_SUFFIX;
    const name = temporary.slice(temporary.lastIndexOf("/") + 1);
    // Left by a crash or a failure before.
    if ((await disk.list(parentOfDiskPath(path))).includes(name)) await disk.unlink(temporary);
    const file = await disk.open(temporary, "create");
    return new TemporaryFile(disk, path, file, writeBytes);
  }

  /** Where the next byte goes. */
  get length(): number {
    return this.#writtenBytes + this.#buffered;
  }

  /** Takes `bytes`, which may be reused when the promise resolves. */
  async append(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const part = bytes.subarray(done, done + this.#buffer.length - this.#buffered);
      this.#buffer.set(part, this.#buffered);
      this.#buffered += part.length;
      done += part.length;
      if (this.#buffered === this.#buffer.length) await this.#flush();
    }
  }

  /** Zeros up to the next multiple of eight bytes. */
  async align(): Promise<void> {
    const padding = -this.length & 7;
    if (padding > 0) await this.append(new Uint8Array(padding));
  }

  /** All that was appended is on stable storage, under the temporary name, and can be read. */
  async sync(): Promise<DiskFile> {
    await this.#flush();
    const file = this.#open();
    await file.datasync();
    return file;
  }

  /** Gives the synced file its name. Fails when the name is taken. */
  async publish(): Promise<void> {
    assert(this.#buffered === 0, () => `${this.path}: published before it was synced`);
    const folder = parentOfDiskPath(this.path);
    const name = this.path.slice(this.path.lastIndexOf("/") + 1);
    assert(
      !(await this.#disk.list(folder)).includes(name),
      () => `${this.path}: got a file there, want none: names are never used twice`,
    );
    await this.#close();
    await this.#disk.rename(this.path + TEMPORARY_SUFFIX, this.path);
    await this.#disk.syncDir(folder);
  }

  /** After a failure, or when the file is not wanted. Never throws operating errors. */
  async discard(): Promise<void> {
    try {
      await this.#close();
      await this.#disk.unlink(this.path + TEMPORARY_SUFFIX);
    } catch (error) {
      // The disk is failing already, and a temporary file is dead to every reader.
      if (!(error instanceof EngineError)) throw error;
    }
  }

  async #flush(): Promise<void> {
    const file = this.#open();
    for (let done = 0; done < this.#buffered;) {
      const rest = this.#buffer.subarray(done, this.#buffered);
      const count = await file.pwrite(rest, this.#writtenBytes);
      assert(count > 0, () => `${this.path}: the disk wrote nothing and reported no error`);
      this.#writtenBytes += count;
      done += count;
    }
    this.#buffered = 0;
  }

  #open(): DiskFile {
    assert(this.#file !== null, () => `${this.path}: written after it was closed`);
    return this.#file;
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }
}
