/**
 * Control store of a single node: state in memory, one file as its durable copy (FORMAT.md in
 * `../control`). A commit is acknowledged after the new file is on stable storage; commits run one
 * after another. Leases live in memory: their only holder is this process. Works on the Disk port,
 * so the simulator can crash it.
 */
import { isErrorOf } from "#base/engine-error.ts";
import { decodeControlFile, encodeControlFile } from "../control/control-file.ts";
import { ControlState } from "../control/control-state.ts";
import { ControlWatchers } from "../control/control-watchers.ts";
import type { TimerHandle, Timers } from "../ports/clock.ts";
import type {
  ControlChange,
  ControlCompare,
  ControlEntry,
  ControlSnapshot,
  ControlStore,
} from "../ports/control-store.ts";
import type { Disk } from "../ports/disk.ts";
import { runtimeErrors } from "../runtime-errors.ts";

const FILE = "control.json";
const TEMPORARY = "control.json.tmp";

export class FileControlStore implements ControlStore {
  readonly #disk: Disk;
  readonly #timers: Timers;
  readonly #state: ControlState;
  readonly #watchers = new ControlWatchers();
  readonly #expiries = new Map<string, { ttlMs: number; timer: TimerHandle }>();
  /** The tail of the commits in progress; each waits for the one before. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(disk: Disk, timers: Timers, state: ControlState) {
    this.#disk = disk;
    this.#timers = timers;
    this.#state = state;
  }

  /** Loads the file of `disk`'s root folder, or starts empty when there is none. */
  static async open(disk: Disk, timers: Timers): Promise<FileControlStore> {
    await removeIfThere(disk, TEMPORARY);
    const names = await disk.list("");
    // A process killed between rename and sync left a file that a power cut could still undo.
    await disk.syncDir("");
    if (!names.includes(FILE)) return new FileControlStore(disk, timers, new ControlState());
    const { revision, entries } = decodeControlFile(await readWhole(disk, FILE));
    return new FileControlStore(disk, timers, new ControlState(revision, entries));
  }

  async list(prefix: string): Promise<ControlSnapshot> {
    return this.#state.list(prefix);
  }

  async get(key: string): Promise<ControlEntry | null> {
    return this.#state.get(key);
  }

  commit(
    compares: readonly ControlCompare[],
    changes: readonly ControlChange[],
  ): Promise<{ readonly applied: boolean; readonly revision: number }> {
    return this.#inOrder(async () => {
      if (!this.#state.accepts(compares, changes)) {
        return { applied: false, revision: this.#state.revision };
      }
      // Write the next state first: what readers see is always durable.
      if (changes.some((change) => this.#concernsFile(change))) await this.#write(changes);
      this.#watchers.notify(this.#state.apply(changes));
      return { applied: true, revision: this.#state.revision };
    });
  }

  watch(prefix: string, changed: () => void): { close(): void } {
    return this.#watchers.add(prefix, changed);
  }

  async grantLease(ttlMs: number): Promise<string> {
    const lease = this.#state.grantLease();
    this.#arm(lease, ttlMs);
    return lease;
  }

  async renewLease(lease: string): Promise<boolean> {
    const expiry = this.#expiries.get(lease);
    if (expiry === undefined) return false;
    expiry.timer.cancel();
    this.#arm(lease, expiry.ttlMs);
    return true;
  }

  async revokeLease(lease: string): Promise<void> {
    this.#expiries.get(lease)?.timer.cancel();
    await this.#inOrder(async () => this.#end(lease));
  }

  #arm(lease: string, ttlMs: number): void {
    const timer = this.#timers.after(ttlMs, () => {
      // A leased key was never written, so ending a lease touches no disk and cannot fail.
      void this.#inOrder(async () => this.#end(lease));
    });
    this.#expiries.set(lease, { ttlMs, timer });
  }

  #end(lease: string): void {
    this.#expiries.delete(lease);
    this.#watchers.notify(this.#state.endLease(lease));
  }

  #inOrder<T>(run: () => Promise<T>): Promise<T> {
    const next = this.#last.then(run, run);
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** False for a leased put over nothing or over another leased key. */
  #concernsFile(change: ControlChange): boolean {
    return !isLeasedPut(change) || this.#state.durable().some(({ key }) => key === change.key);
  }

  async #write(changes: readonly ControlChange[]): Promise<void> {
    const next = new ControlState(this.#state.revision, this.#state.durable());
    // Leased puts take part in the revision but not in the file.
    next.apply(changes.map((change) => withoutLease(change)));
    const leased = new Set(changes.filter(isLeasedPut).map((change) => change.key));
    const entries = next.durable().filter((entry) => !leased.has(entry.key));
    await removeIfThere(this.#disk, TEMPORARY);
    const file = await this.#disk.open(TEMPORARY, "create");
    try {
      const bytes = encodeControlFile({ revision: next.revision, entries });
      for (let done = 0; done < bytes.length;) {
        done += await file.pwrite(bytes.subarray(done), done);
      }
      await file.datasync();
    } finally {
      await file.close();
    }
    await this.#disk.rename(TEMPORARY, FILE);
    await this.#disk.syncDir("");
  }
}

function isLeasedPut(change: ControlChange): boolean {
  return change.kind === "put" && change.lease !== undefined;
}

function withoutLease(change: ControlChange): ControlChange {
  return change.kind === "put" ? { kind: "put", key: change.key, value: change.value } : change;
}

async function readWhole(disk: Disk, path: string): Promise<Uint8Array> {
  const file = await disk.open(path, "read");
  try {
    const bytes = new Uint8Array(await file.size());
    const count = await file.pread(bytes, 0);
    return bytes.subarray(0, count);
  } finally {
    await file.close();
  }
}

async function removeIfThere(disk: Disk, path: string): Promise<void> {
  try {
    await disk.unlink(path);
  } catch (error) {
    if (!isErrorOf(error, runtimeErrors.diskNotFound)) throw error;
  }
}
