/**
 * Carries out an actor's disk effects on the Disk port: one after another per path, so a sync covers
 * the writes asked before it, and in parallel across paths. Keeps files open between effects. After
 * a failed write or sync the file answers with errors (the port's contract): the actor goes on in a
 * new file.
 */
import { assert } from "#base/assert.ts";
import { EngineError, isErrorOf } from "#base/engine-error.ts";
import { parentOfDiskPath } from "../disk-path.ts";
import type { Disk, DiskFile } from "../ports/disk.ts";
import { runtimeErrors } from "../runtime-errors.ts";
import type { DiskEffect, DriverMessage } from "./standard-effect.ts";

/** An actor has a log, its successor and a manifest open, not hundreds of files. */
const OPEN_FILES_MAX = 64;

interface OpenFile {
  readonly file: DiskFile;
  /**
   * Its folder entry may not be durable yet: it was created here, or by a process that was killed
   * before its sync (the page cache survives a kill, so the file is there, but power may still fail).
   */
  isEntryPending: boolean;
}

export class DiskPerformer {
  readonly #disk: Disk;
  readonly #files = new Map<string, OpenFile>();
  /** Per path, the end of the work in progress. */
  readonly #chains = new Map<string, Promise<unknown>>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Resolves with the message for the actor; never rejects for what a disk may do. */
  perform(effect: DiskEffect): Promise<DriverMessage> {
    const before = this.#chains.get(effect.path) ?? Promise.resolve();
    const work = before.then(() => this.#outcome(effect));
    this.#chains.set(effect.path, work);
    void work.finally(() => {
      if (this.#chains.get(effect.path) === work) this.#chains.delete(effect.path);
    });
    return work;
  }

  /** Waits for the work in progress and closes all files. */
  async close(): Promise<void> {
    await Promise.all(this.#chains.values());
    const files = [...this.#files.values()];
    this.#files.clear();
    await Promise.all(files.map(({ file }) => file.close()));
  }

  async #outcome(effect: DiskEffect): Promise<DriverMessage> {
    const { tag } = effect;
    try {
      if (effect.kind === "read-disk") {
        return { kind: "disk-read", tag, bytes: await this.#read(effect) };
      }
      if (effect.kind === "write-disk") await this.#write(effect.path, effect.bytes, effect.offset);
      else if (effect.kind === "sync-disk") await this.#sync(effect.path);
      else await this.#remove(effect.path);
      return { kind: "disk-done", tag };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      return { kind: "disk-failed", tag, error };
    }
  }

  async #read(effect: DiskEffect & { readonly kind: "read-disk" }): Promise<Uint8Array> {
    const { file } = await this.#open(effect.path, false);
    const bytes = new Uint8Array(effect.length);
    return bytes.subarray(0, await file.pread(bytes, effect.offset));
  }

  async #write(path: string, bytes: Uint8Array, offset: number): Promise<void> {
    const { file } = await this.#open(path, true);
    for (let done = 0; done < bytes.length;) {
      done += await file.pwrite(bytes.subarray(done), offset + done);
    }
  }

  async #sync(path: string): Promise<void> {
    const open = await this.#open(path, false);
    await open.file.datasync();
    if (!open.isEntryPending) return;
    await this.#syncEntry(path);
    open.isEntryPending = false;
  }

  /** The entry of the file in its folder, and of each folder in its own, up to the root. */
  async #syncEntry(path: string): Promise<void> {
    for (let at = path; at !== ""; at = parentOfDiskPath(at)) {
      await this.#disk.syncDir(parentOfDiskPath(at));
    }
  }

  async #remove(path: string): Promise<void> {
    const open = this.#files.get(path);
    this.#files.delete(path);
    await open?.file.close();
    await this.#disk.unlink(path);
    await this.#disk.syncDir(parentOfDiskPath(path));
  }

  async #open(path: string, mayCreate: boolean): Promise<OpenFile> {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    assert(
      this.#files.size < OPEN_FILES_MAX,
      () => `actor: more than ${OPEN_FILES_MAX} open files`,
    );
    const opened = await this.#openOrCreate(path, mayCreate);
    this.#files.set(path, opened);
    return opened;
  }

  async #openOrCreate(path: string, mayCreate: boolean): Promise<OpenFile> {
    try {
      return { file: await this.#disk.open(path, "write"), isEntryPending: true };
    } catch (error) {
      if (!mayCreate || !isErrorOf(error, runtimeErrors.diskNotFound)) throw error;
    }
    const parent = parentOfDiskPath(path);
    if (parent !== "") await this.#disk.mkdir(parent);
    return { file: await this.#disk.open(path, "create"), isEntryPending: true };
  }
}
