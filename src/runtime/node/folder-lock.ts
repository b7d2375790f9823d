/**
 * Keeps a second process off a data folder. On Linux the lock is an abstract unix socket named after
 * the folder's device and inode: it belongs to the process, so kill -9 releases it and no stale file
 * can lock anybody out; other paths to the same folder meet the same name. It is scoped to a network
 * namespace: containers that share a folder but not the namespace are not told apart.
 *
 * Elsewhere (macOS) a file `lock` with the owner's process id is the fallback. It is best effort: a
 * dead owner whose id was given to another process still locks, and the error says what to remove.
 */
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { EngineError } from "#base/engine-error.ts";
import { runtimeErrors } from "../runtime-errors.ts";

/** How long a second process asks the first for its id, for the error text only. */
const ASK_OWNER_MS = 500;
const LOCK_FILE = "lock";

export interface FolderLock {
  release(): Promise<void>;
}

/** Locks an existing folder, or rejects with `disk.locked`. */
export function lockFolder(
  folder: string,
  platform: string = process.platform,
): Promise<FolderLock> {
  return platform === "linux" ? lockBySocket(folder) : lockByFile(folder);
}

async function lockBySocket(folder: string): Promise<FolderLock> {
  const { dev, ino } = statSync(folder, { bigint: true });
  const path = `\0gyre-data-${dev}-${ino}`;
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.end(String(process.pid));
  });
  const free = await new Promise<boolean>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(false) : reject(error),
    );
    server.listen({ path }, () => resolve(true));
  });
  if (!free) throw lockedBy(folder, await askOwner(path));
  // Holding the lock is no reason for the process to stay alive.
  server.unref();
  return { release: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function askOwner(path: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const finish = (answer: string): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setEncoding("latin1").setTimeout(ASK_OWNER_MS, () => finish("unknown"));
    socket.on("error", () => finish("unknown"));
    socket.on("data", (text) => finish(/^\d+$/.test(String(text)) ? String(text) : "unknown"));
    socket.on("end", () => finish("unknown"));
  });
}

async function lockByFile(folder: string): Promise<FolderLock> {
  const file = `${folder}/${LOCK_FILE}`;
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    // A hard link is taken or fails, with its content in place: no moment of an empty lock file.
    if (!linkIfFree(mine, file)) {
      const owner = readFileSync(file, "latin1");
      if (isAlive(Number(owner))) throw lockedBy(folder, `${owner}; if not, remove ${file}`);
      rmSync(file, { force: true });
      if (!linkIfFree(mine, file)) throw lockedBy(folder, readFileSync(file, "latin1"));
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return { release: async () => rmSync(file, { force: true }) };
}

function linkIfFree(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function lockedBy(folder: string, owner: string): EngineError {
  const message = `cannot open ${folder}: another process has it locked (process id ${owner})`;
  return new EngineError(runtimeErrors.diskLocked, message, { data: { folder, owner } });
}
