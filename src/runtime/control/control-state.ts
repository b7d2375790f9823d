/**
 * The state machine of a control store on one node: keys with modification revisions, compare and
 * commit, leases. Pure: no time, no disk. The file store and the simulated store wrap it, so both
 * answer alike. Every applied commit raises the revision by one; an ended lease raises it too when
 * it takes keys along.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { runtimeErrors } from "../runtime-errors.ts";
import type {
  ControlChange,
  ControlCompare,
  ControlEntry,
  ControlSnapshot,
} from "../ports/control-store.ts";

/** etcd's default request limit is 1.5 MiB; a value that fits here fits there. */
export const CONTROL_VALUE_BYTES_MAX: number = 1 << 20;
/** 512 shards, a few hundred nodes and tenants: far below, and still a small file. */
export const CONTROL_KEYS_MAX = 100_000;

export interface StoredEntry extends ControlEntry {
  readonly lease: string | null;
}

export class ControlState {
  revision: number;
  readonly #entries = new Map<string, StoredEntry>();
  readonly #leases = new Set<string>();
  #leaseCount = 0;

  constructor(revision = 0, entries: readonly ControlEntry[] = []) {
    this.revision = revision;
    for (const entry of entries) this.#entries.set(entry.key, { ...entry, lease: null });
  }

  get(key: string): ControlEntry | null {
    return this.#entries.get(key) ?? null;
  }

  list(prefix: string): ControlSnapshot {
    const entries = [...this.#entries.values()]
      .filter((entry) => entry.key.startsWith(prefix))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    return { revision: this.revision, entries };
  }

  /** Entries that outlive the process: those without a lease. */
  durable(): readonly ControlEntry[] {
    return this.list("").entries.filter((entry) => (entry as StoredEntry).lease === null);
  }

  /** Whether every compare holds. Throws when a change names a lease that is gone. */
  accepts(compares: readonly ControlCompare[], changes: readonly ControlChange[]): boolean {
    for (const change of changes) {
      if (change.kind !== "put") continue;
      assert(
        change.value.length <= CONTROL_VALUE_BYTES_MAX,
        () => `control: got ${change.value.length} bytes for ${change.key}, want at most 1 MiB`,
      );
      if (change.lease !== undefined && !this.#leases.has(change.lease)) {
        const message = `cannot put ${change.key}: lease ${change.lease} is gone`;
        throw new EngineError(runtimeErrors.controlLeaseLost, message, {
          data: { lease: change.lease },
        });
      }
    }
    return compares.every(
      ({ key, modRevision }) => (this.#entries.get(key)?.modRevision ?? 0) === modRevision,
    );
  }

  /** Applies accepted changes as one revision; returns the keys that changed. */
  apply(changes: readonly ControlChange[]): readonly string[] {
    if (changes.length === 0) return [];
    this.revision += 1;
    for (const change of changes) {
      if (change.kind === "delete") {
        this.#entries.delete(change.key);
        continue;
      }
      assert(
        this.#entries.size < CONTROL_KEYS_MAX || this.#entries.has(change.key),
        `control: more than ${CONTROL_KEYS_MAX} keys`,
      );
      this.#entries.set(change.key, {
        key: change.key,
        // A copy: the caller may reuse its buffer.
        value: change.value.slice(),
        modRevision: this.revision,
        lease: change.lease ?? null,
      });
    }
    return changes.map((change) => change.key);
  }

  grantLease(): string {
    this.#leaseCount += 1;
    const lease = `lease-${this.#leaseCount}`;
    this.#leases.add(lease);
    return lease;
  }

  hasLease(lease: string): boolean {
    return this.#leases.has(lease);
  }

  /** Ends a lease and deletes its keys; returns them. */
  endLease(lease: string): readonly string[] {
    if (!this.#leases.delete(lease)) return [];
    const keys = [...this.#entries.values()].filter((entry) => entry.lease === lease);
    return this.apply(keys.map(({ key }) => ({ kind: "delete", key })));
  }
}
