/**
 * Starts a worker thread. The entry is a .ts file that Node runs directly; all worker URLs are
 * listed where processes are composed, so that nothing else names a file by its path.
 */
import { Worker } from "node:worker_threads";
import type { MessageLink } from "../worker/message-link.ts";
import { linkToWorker } from "./thread-links.ts";

export interface SpawnOptions {
  /** Shown by the operating system (cut to 15 bytes there) and in errors. */
  readonly name: string;
  /** Structured-cloned to the worker; shared buffers are shared. */
  readonly data: unknown;
  /** Cap of the thread's JavaScript heap; passing it ends the thread, not the process. */
  readonly heapMbMax?: number;
  /**
   * Room for new objects. It also bounds buffers that are garbage and not yet collected, which in
   * threads that read sockets are most of the memory.
   */
  readonly youngMbMax?: number | undefined;
}

export interface SpawnedWorker {
  readonly link: MessageLink;
  /** Resolves with the exit code when the thread is gone. */
  readonly exited: Promise<number>;
  /** Stops the thread at once. A system call in flight still completes: fence by incarnation. */
  terminate(): Promise<void>;
}

export function spawnWorker(url: URL, options: SpawnOptions): SpawnedWorker {
  const { name, data, heapMbMax, youngMbMax } = options;
  const resourceLimits = {
    ...(heapMbMax === undefined ? {} : { maxOldGenerationSizeMb: heapMbMax }),
    ...(youngMbMax === undefined ? {} : { maxYoungGenerationSizeMb: youngMbMax }),
  };
  const worker = new Worker(url, { name, workerData: data, resourceLimits });
  const exited = new Promise<number>((resolve) => worker.once("exit", resolve));
  return {
    link: linkToWorker(worker),
    exited,
    terminate: async () => void (await worker.terminate()),
  };
}
