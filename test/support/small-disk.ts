/**
 * A small file system in memory (tmpfs) that can be filled up to any byte, and relieved again: a disk
 * that is really full, also half way into a write. Needs root; unmounted by `close`, and by the end
 * of the process when a test forgets.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync, writeSync } from "node:fs";
import { closeSync, fsyncSync, openSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requirePart } from "./system-parts.ts";

const UMOUNT = "umount";
const MIB = 2 ** 20;
const FILLER = "filler";

export class SmallDisk implements Disposable {
  readonly mountPoint: string;
  readonly #folder: string;
  readonly #onExit = (): void => this.close();

  constructor(sizeMib: number) {
    const mount = requirePart("mount");
    this.#folder = mkdtempSync(join(tmpdir(), "gyre-small-"));
    this.mountPoint = join(this.#folder, "mount");
    mkdirSync(this.mountPoint);
    process.once("exit", this.#onExit);
    const options = ["-t", "tmpfs", "-o", `size=${sizeMib}m`, "tmpfs", this.mountPoint];
    const { status, stderr } = spawnSync(mount, options, { encoding: "utf8" });
    if (status !== 0) throw new Error(`cannot mount a tmpfs of ${sizeMib} MiB: ${stderr}`);
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.mountPoint);
    return bavail * bsize;
  }

  /** Takes all space but `bytes`, whatever others write meanwhile. */
  fillUpTo(bytes: number): void {
    const file = openSync(join(this.mountPoint, FILLER), "w");
    const zeros = new Uint8Array(MIB);
    try {
      for (let left = this.freeBytes - bytes; left > 0; left = this.freeBytes - bytes) {
        writeSync(file, zeros, 0, Math.min(left, MIB));
      }
      fsyncSync(file);
    } catch (error) {
      // Somebody else was faster: it is as full as can be.
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    } finally {
      closeSync(file);
    }
  }

  relieve(): void {
    writeFileSync(join(this.mountPoint, FILLER), "");
  }

  close(): void {
    process.off("exit", this.#onExit);
    if (spawnSync(UMOUNT, [this.mountPoint]).status !== 0)
      spawnSync(UMOUNT, ["-l", this.mountPoint]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
