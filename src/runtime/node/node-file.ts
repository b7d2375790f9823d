/**
 * One open file of `NodeDisk`. All calls are synchronous system calls on the calling thread, so
 * their promises are settled before they are returned: `await` on them runs only microtasks and
 * never lets the event loop turn. After a failed write or sync the file refuses further writes
 * (the kernel drops unsynced pages and marks them clean; a later sync would lie).
 */
import { fdatasyncSync, fstatSync, ftruncateSync, closeSync, readSync, writeSync } from "node:fs";
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import type { DiskFile } from "../ports/disk.ts";
import { runtimeErrors } from "../runtime-errors.ts";
import { diskErrorOf } from "./disk-errno.ts";

/** One piece of zeros when reserving: large enough to be sequential, small enough to keep. */
const ZEROS_BYTES = 1 << 20;
let zeros: Uint8Array | null = null;

export class NodeFile implements DiskFile {
  readonly path: string;
  #fd: number;
  /** Set by the first failed write or sync; final. */
  #failed: EngineError | null = null;

  constructor(path: string, fd: number) {
    this.path = path;
    this.#fd = fd;
  }

  async size(): Promise<number> {
    return this.#try("stat", () => fstatSync(this.#fd).size);
  }

  async pread(into: Uint8Array, offset: number): Promise<number> {
    return this.#try("read", () => {
      let done = 0;
      while (done < into.length) {
        const count = readSync(this.#fd, into, done, into.length - done, offset + done);
        if (count === 0) break;
        done += count;
      }
      return done;
    });
  }

  async pwrite(bytes: Uint8Array, offset: number): Promise<number> {
    return this.#change("write", () => writeSync(this.#fd, bytes, 0, bytes.length, offset));
  }

  async datasync(): Promise<void> {
    this.#change("sync", () => fdatasyncSync(this.#fd));
  }

  async truncate(size: number): Promise<void> {
    this.#change("truncate", () => ftruncateSync(this.#fd, size));
  }

  /** Node has no fallocate: zeros are written from the current end on. Sync to keep the size. */
  async allocate(size: number): Promise<void> {
    zeros ??= new Uint8Array(ZEROS_BYTES);
    const piece = zeros;
    this.#change("allocate", () => {
      let end = fstatSync(this.#fd).size;
      while (end < size) {
        end += writeSync(this.#fd, piece, 0, Math.min(piece.length, size - end), end);
      }
    });
  }

  async close(): Promise<void> {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    try {
      closeSync(fd);
    } catch (cause) {
      throw diskErrorOf(cause, "close", this.path);
    }
  }

  #try<T>(verb: string, run: () => T): T {
    assert(this.#fd >= 0, () => `disk: ${verb} on closed file ${this.path}`);
    try {
      return run();
    } catch (cause) {
      throw diskErrorOf(cause, verb, this.path);
    }
  }

  #change<T>(verb: string, run: () => T): T {
    if (this.#failed !== null) {
      const message = `cannot ${verb} ${this.path}: an earlier write or sync of it failed`;
      throw new EngineError(runtimeErrors.diskFileFailed, message, {
        data: { path: this.path },
        cause: this.#failed,
      });
    }
    try {
      return this.#try(verb, run);
    } catch (error) {
      if (error instanceof EngineError) this.#failed = error;
      throw error;
    }
  }
}
