/**
 * Disk port over the disk model for tests of the log: no latency, every operation counted, and a
 * fault for any of them. `beforeChange` runs before an operation changes the model: with what was
 * promised until then, those are the moments at which a power cut can do harm. It also polices the writer: a file whose write or sync failed must
 * never be written again.
 */
import { assert } from "#base/assert.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";
import type { Disk, DiskFile } from "#runtime/ports/disk.ts";
import { diskError, type DiskModel } from "./disk-model.ts";

export type WalFault = "io" | "no-space" | "short";
export type WalOperation =
  | "create"
  | "write"
  | "sync"
  | "sync-dir"
  | "unlink"
  | "mkdir"
  | "rename"
  | "link";

export interface WalDiskHooks {
  /** Asked before each changing operation. */
  readonly faultAt?: (index: number, operation: WalOperation, path: string) => WalFault | null;
  readonly beforeChange?: () => Promise<void>;
}

export class WalDisk implements Disk {
  readonly model: DiskModel;
  readonly #hooks: WalDiskHooks;
  readonly #failed = new Set<string>();
  #count = 0;

  constructor(model: DiskModel, hooks: WalDiskHooks = {}) {
    this.model = model;
    this.#hooks = hooks;
  }

  async open(path: string, mode: "create" | "write" | "read"): Promise<DiskFile> {
    if (mode === "create") await this.change("create", path, () => this.model.create(path));
    else this.model.open(path);
    return new WalDiskFile(this, path);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.change("rename", from, () => this.model.rename(from, to));
  }

  async unlink(path: string): Promise<void> {
    await this.change("unlink", path, () => this.model.unlink(path));
  }

  async link(from: string, to: string): Promise<void> {
    await this.change("link", from, () => this.model.link(from, to));
  }

  async removeFolder(path: string): Promise<void> {
    await this.change("unlink", path, () => this.model.removeFolder(path));
  }

  async mkdir(path: string): Promise<void> {
    await this.change("mkdir", path, () => this.model.mkdir(path));
  }

  async list(path: string): Promise<readonly string[]> {
    return this.model.list(path);
  }

  async syncDir(path: string): Promise<void> {
    await this.change("sync-dir", path, () => this.model.syncDir(path));
  }

  async freeBytes(): Promise<number> {
    return Number.MAX_SAFE_INTEGER;
  }

  /** Performs one changing operation, or fails it as the hooks say. */
  async change<T>(
    operation: WalOperation,
    path: string,
    perform: (fault: WalFault | null) => T,
  ): Promise<T> {
    await this.#hooks.beforeChange?.();
    const fault = this.#hooks.faultAt?.(this.#count++, operation, path) ?? null;
    assert(
      !this.#failed.has(path) || (operation !== "write" && operation !== "sync"),
      () => `${operation} of ${path} after a failed write or sync of it`,
    );
    if (fault === "io" || fault === "no-space") {
      if (operation === "write" || operation === "sync") this.#failed.add(path);
      if (operation === "sync") this.model.open(path).dropPending();
      throw diskError(
        fault === "io" ? runtimeErrors.diskIo : runtimeErrors.diskNoSpace,
        operation,
        path,
      );
    }
    return perform(fault);
  }
}

class WalDiskFile implements DiskFile {
  readonly path: string;
  readonly #disk: WalDisk;

  constructor(disk: WalDisk, path: string) {
    this.#disk = disk;
    this.path = path;
  }

  async size(): Promise<number> {
    return this.#disk.model.open(this.path).live.size;
  }

  async pread(into: Uint8Array, offset: number): Promise<number> {
    return this.#disk.model.open(this.path).live.read(into, offset);
  }

  async pwrite(bytes: Uint8Array, offset: number): Promise<number> {
    return await this.#disk.change("write", this.path, (fault) => {
      const count = fault === "short" ? Math.ceil(bytes.length / 3) : bytes.length;
      this.#disk.model.open(this.path).write(bytes.slice(0, count), offset);
      return count;
    });
  }

  async datasync(): Promise<void> {
    await this.#disk.change("sync", this.path, () => {
      const file = this.#disk.model.open(this.path);
      file.syncTo(file.mark());
    });
  }

  async truncate(): Promise<void> {
    assert(false, "the log truncates no file");
  }

  async allocate(): Promise<void> {}
  async close(): Promise<void> {}
}
