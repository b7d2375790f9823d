/**
 * Disk port on the machine's file system, below one folder. Every call is a synchronous system call
 * on the calling thread: for log threads and start-up, never for an event loop that serves clients
 * (and never libuv's pool, where four stalled syncs would freeze all others).
 */
import {
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  statfsSync,
  unlinkSync,
} from "node:fs";
import { EngineError, isErrorOf } from "#base/engine-error.ts";
import { checkedDiskPath } from "../disk-path.ts";
import type { Disk, DiskFile } from "../ports/disk.ts";
import { runtimeErrors } from "../runtime-errors.ts";
import { diskErrorOf } from "./disk-errno.ts";
import { NodeFile } from "./node-file.ts";

/** Data belongs to the process's user; its group may read (backup), others may not. */
const FILE_MODE = 0o640;
const FOLDER_MODE = 0o750;

const openFlags = {
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
  write: constants.O_RDWR,
  read: constants.O_RDONLY,
} as const;

export class NodeDisk implements Disk {
  /** Absolute path of the folder this disk is opened on. */
  readonly root: string;

  /** `root` must exist. */
  constructor(root: string) {
    this.root = root;
  }

  async open(path: string, mode: "create" | "write" | "read"): Promise<DiskFile> {
    const full = this.#full(path);
    const fd = attempt(mode === "create" ? "create" : "open", path, () =>
      openSync(full, openFlags[mode], FILE_MODE),
    );
    return new NodeFile(path, fd);
  }

  async rename(from: string, to: string): Promise<void> {
    attempt("rename", `${from} to ${to}`, () => renameSync(this.#full(from), this.#full(to)));
  }

  async unlink(path: string): Promise<void> {
    attempt("unlink", path, () => unlinkSync(this.#full(path)));
  }

  async link(from: string, to: string): Promise<void> {
    attempt("link", `${from} to ${to}`, () => linkSync(this.#full(from), this.#full(to)));
  }

  async removeFolder(path: string): Promise<void> {
    attempt("remove folder", path, () => rmdirSync(this.#full(path)));
  }

  async mkdir(path: string): Promise<void> {
    attempt("create folder", path, () =>
      mkdirSync(this.#full(path), { recursive: true, mode: FOLDER_MODE }),
    );
  }

  async list(path: string): Promise<readonly string[]> {
    try {
      // Code unit order, the same on every machine; readdir's own order is a hash order.
      return attempt("list", path, () => readdirSync(this.#full(path))).sort();
    } catch (error) {
      if (isErrorOf(error, runtimeErrors.diskNotFound)) return [];
      throw error;
    }
  }

  async syncDir(path: string): Promise<void> {
    attempt("sync folder", path, () => {
      const fd = openSync(this.#full(path), constants.O_RDONLY | constants.O_DIRECTORY);
      try {
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
    });
  }

  async freeBytes(): Promise<number> {
    const stats = attempt("stat file system of", this.root, () => statfsSync(this.root));
    return stats.bavail * stats.bsize;
  }

  #full(path: string): string {
    return path === "" ? this.root : `${this.root}/${checkedDiskPath(path)}`;
  }
}

function attempt<T>(verb: string, path: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof Error && "errno" in cause) throw diskErrorOf(cause, verb, path);
    throw cause instanceof EngineError ? cause : new Error(`cannot ${verb} ${path}`, { cause });
  }
}
