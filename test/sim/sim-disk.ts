/**
 * Disk port over the disk model, in virtual time. Writes reach the model (the page cache) when they
 * are called and complete later; a sync covers the writes called before it and takes effect when it
 * completes. `powerCut` replaces the disk by a crash state, `kill` only ends the process: in both
 * cases operations in flight never complete and old handles are dead, so a new process opens anew.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { checkedDiskPath } from "#runtime/disk-path.ts";
import type { Timers } from "#runtime/ports/clock.ts";
import type { Disk, DiskFile } from "#runtime/ports/disk.ts";
import type { Random } from "#runtime/ports/random.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";
import { crash, type CrashOptions } from "./disk-crash.ts";
import type { DiskFileModel } from "./disk-file-model.ts";
import { diskError, DiskModel, type DiskSnapshot } from "./disk-model.ts";
import { type DiskOpKind, SimDiskFaults } from "./sim-disk-faults.ts";

export interface SimDiskOptions {
  readonly capacityBytes?: number;
}

export class SimDisk implements Disk {
  readonly faults: SimDiskFaults;
  capacityBytes: number;
  model: DiskModel = new DiskModel();
  readonly #random: Random;
  readonly #timers: Timers;
  /** Raised by every kill and power cut; completions of older ones are ignored. */
  #incarnation = 0;

  /** `timers` must outlive the node's process: the disk is hardware. */
  constructor(random: Random, timers: Timers, options: SimDiskOptions = {}) {
    this.#random = random;
    this.#timers = timers;
    this.faults = new SimDiskFaults(random.fork("disk faults"));
    this.capacityBytes = options.capacityBytes ?? Infinity;
  }

  open(path: string, mode: "create" | "write" | "read"): Promise<DiskFile> {
    return this.submit("open", path, () => {
      const file = mode === "create" ? this.model.create(path) : this.model.open(path);
      return new SimFile(this, file, path, mode !== "read");
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.submit("rename", from, () => this.model.rename(from, to));
  }

  unlink(path: string): Promise<void> {
    return this.submit("unlink", path, () => this.model.unlink(path));
  }

  link(from: string, to: string): Promise<void> {
    return this.submit("rename", from, () => this.model.link(from, to));
  }

  removeFolder(path: string): Promise<void> {
    return this.submit("unlink", path, () => this.model.removeFolder(path));
  }

  mkdir(path: string): Promise<void> {
    return this.submit("open", path, () => this.model.mkdir(path));
  }

  list(path: string): Promise<readonly string[]> {
    return this.submit("open", path, () => this.model.list(path));
  }

  syncDir(path: string): Promise<void> {
    return this.submit("sync-dir", path, () => this.model.syncDir(path));
  }

  freeBytes(): Promise<number> {
    return this.submit("open", "", () => this.capacityBytes - this.model.usedBytes());
  }

  /** The process ended; what it wrote is still in the page cache. */
  kill(): void {
    this.#incarnation += 1;
  }

  /** Power is gone: the model becomes one of the states that a mount could find. */
  powerCut(options?: CrashOptions): DiskSnapshot {
    this.kill();
    const snapshot = crash(this.model, this.#random, options);
    this.model = DiskModel.from(snapshot);
    return snapshot;
  }

  /** Bit rot: changes one durable byte under the processes' feet. */
  flip(path: string, offset: number, mask: number): void {
    const file = this.model.open(path);
    assert(offset < file.live.size && mask !== 0, "sim disk: flip outside the file");
    for (const side of [file.live, file.durable]) {
      if (offset < side.size) side.view()[offset]! ^= mask;
    }
  }

  get incarnation(): number {
    return this.#incarnation;
  }

  /**
   * Runs `perform` now and completes after the disk's latency. With `atCompletion` the effect comes
   * at the end instead: a sync is durable when it says so, not when it is asked.
   */
  submit<T>(kind: DiskOpKind, path: string, perform: () => T, atCompletion = false): Promise<T> {
    checkedDiskPath(path);
    const incarnation = this.#incarnation;
    const outcome = atCompletion ? null : attempt(() => this.#perform(kind, path, perform));
    return new Promise((resolve, reject) => {
      this.#timers.after(this.faults.latencyMs(), () => {
        if (incarnation !== this.#incarnation) return;
        const ended = outcome ?? attempt(() => this.#perform(kind, path, perform));
        if (ended.ok) resolve(ended.value);
        else reject(ended.error as Error);
      });
    });
  }

  #perform<T>(kind: DiskOpKind, path: string, perform: () => T): T {
    // Failed writes and syncs mark their file, so the file asks by itself.
    const asksItself = kind === "sync" || kind === "write";
    if (!asksItself && this.faults.fails(kind, path)) {
      throw diskError(runtimeErrors.diskIo, kind, path);
    }
    return perform();
  }
}

type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown };

function attempt<T>(run: () => T): Outcome<T> {
  try {
    return { ok: true, value: run() };
  } catch (error) {
    return { ok: false, error };
  }
}

class SimFile implements DiskFile {
  readonly path: string;
  readonly #disk: SimDisk;
  readonly #file: DiskFileModel;
  readonly #isWritable: boolean;
  readonly #incarnation: number;
  #isOpen = true;
  #failed = false;

  constructor(disk: SimDisk, file: DiskFileModel, path: string, isWritable: boolean) {
    this.#disk = disk;
    this.#file = file;
    this.path = path;
    this.#isWritable = isWritable;
    this.#incarnation = disk.incarnation;
  }

  size(): Promise<number> {
    return this.#submit("open", () => this.#file.live.size);
  }

  pread(into: Uint8Array, offset: number): Promise<number> {
    return this.#submit("read", () => this.#file.live.read(into, offset));
  }

  pwrite(bytes: Uint8Array, offset: number): Promise<number> {
    return this.#change("write", () => {
      if (this.#disk.faults.fails("write", this.path)) {
        throw diskError(runtimeErrors.diskIo, "write", this.path);
      }
      const wanted = this.#disk.faults.writtenLength(bytes.length);
      const length = Math.min(wanted, this.#roomFor(offset, wanted));
      if (length === 0 && bytes.length > 0) {
        throw diskError(runtimeErrors.diskNoSpace, "write", this.path);
      }
      this.#file.write(bytes.subarray(0, length), offset);
      return length;
    });
  }

  datasync(): Promise<void> {
    const mark = this.#file.mark();
    const sync = (): void => {
      if (this.#disk.faults.fails("sync", this.path)) {
        this.#file.dropPending();
        throw diskError(runtimeErrors.diskIo, "sync", this.path);
      }
      this.#file.syncTo(mark);
    };
    return this.#change("sync", sync, true);
  }

  truncate(size: number): Promise<void> {
    return this.#change("write", () => this.#file.truncate(size));
  }

  allocate(size: number): Promise<void> {
    return this.#change("write", () => {
      const missing = size - this.#file.live.size;
      if (missing <= 0) return;
      const room = this.#roomFor(this.#file.live.size, missing);
      this.#file.write(new Uint8Array(Math.min(missing, room)), this.#file.live.size);
      if (room < missing) throw diskError(runtimeErrors.diskNoSpace, "allocate", this.path);
    });
  }

  async close(): Promise<void> {
    this.#isOpen = false;
  }

  #roomFor(offset: number, length: number): number {
    const growth = Math.max(0, offset + length - this.#file.live.size);
    if (growth === 0) return length;
    const free = this.#disk.capacityBytes - this.#disk.model.usedBytes();
    return Math.max(0, length - Math.max(0, growth - free));
  }

  #submit<T>(kind: DiskOpKind, perform: () => T, atCompletion = false): Promise<T> {
    assert(this.#isOpen, () => `sim disk: ${kind} on closed file ${this.path}`);
    // The process of this handle is dead: its call never comes back.
    if (this.#incarnation !== this.#disk.incarnation) return new Promise(() => undefined);
    return this.#disk.submit(kind, this.path, perform, atCompletion);
  }

  #change<T>(kind: "write" | "sync", perform: () => T, atCompletion = false): Promise<T> {
    const guarded = (): T => {
      if (this.#failed) throw diskError(runtimeErrors.diskFileFailed, kind, this.path);
      if (!this.#isWritable) throw diskError(runtimeErrors.diskDenied, kind, this.path);
      try {
        return perform();
      } catch (error) {
        if (error instanceof EngineError) this.#failed = true;
        throw error;
      }
    };
    return this.#submit(kind, guarded, atCompletion);
  }
}
