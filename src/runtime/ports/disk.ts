/**
 * The disk as a parameter. Promises here are the completion messages of a submitted operation: the
 * actor drivers perform `append` and `sync` effects through this port and feed the outcome back as
 * messages, so a step function never waits.
 *
 * Contract (what ext4 gives, and what the simulated disk enforces):
 * - Bytes are durable only after `datasync` of their file resolved; a directory entry (create,
 *   rename, link, unlink) only after `syncDir` of its directory resolved.
 * - `pwrite` may write short; the count says how much. Callers go on or fail, never ignore it.
 * - After `datasync` rejected, the file's unsynced bytes are lost and the file must not be written
 *   again (fsyncgate): write the suffix to a new file.
 * - Errors are `EngineError` of the codes in `runtime-errors.ts` (`disk.no-space`, `disk.io`, ...).
 *
 * Paths are relative to the folder the adapter was opened on, with `/` between parts; `..` and
 * absolute paths are refused.
 */
export interface Disk {
  /** `create` fails when the file exists; `write` and `read` fail when it does not. */
  open(path: string, mode: "create" | "write" | "read"): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** A second name for a file; durable after `syncDir` of its folder. Fails when it is taken. */
  link(from: string, to: string): Promise<void>;
  /** Removes an empty folder. */
  removeFolder(path: string): Promise<void>;
  /** Creates a folder and its parents; durable after `syncDir` of each parent. */
  mkdir(path: string): Promise<void>;
  /** Sorted names of the entries of a folder, without `.` and `..`; empty when it is absent. */
  list(path: string): Promise<readonly string[]>;
  syncDir(path: string): Promise<void>;
  /** Bytes available to this process on the file system. */
  freeBytes(): Promise<number>;
}

export interface DiskFile {
  readonly path: string;
  size(): Promise<number>;
  /** Fills `into` from `offset`; returns the bytes read, fewer only at the end of the file. */
  pread(into: Uint8Array, offset: number): Promise<number>;
  /** Writes `bytes` at `offset`; returns the bytes written, possibly fewer than given. */
  pwrite(bytes: Uint8Array, offset: number): Promise<number>;
  /** Data and the size needed to read it are on stable storage when this resolves. */
  datasync(): Promise<void>;
  truncate(size: number): Promise<void>;
  /** Reserves blocks so that later writes inside `size` cannot meet ENOSPC; may be a no-op. */
  allocate(size: number): Promise<void>;
  close(): Promise<void>;
}
