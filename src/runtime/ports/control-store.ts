/**
 * The small, linearizable store behind membership and placement (etcd in a cluster, a file on a
 * single node, a model in the simulator). Off the data path: nothing a write or a query waits for.
 */
export interface ControlEntry {
  readonly key: string;
  readonly value: Uint8Array;
  /** Store revision of the last change of this key; 0 = absent. */
  readonly modRevision: number;
}

export interface ControlCompare {
  readonly key: string;
  /** Expected `modRevision`; 0 demands that the key is absent. */
  readonly modRevision: number;
}

export type ControlChange =
  | {
      readonly kind: "put";
      readonly key: string;
      readonly value: Uint8Array;
      readonly lease?: string;
    }
  | { readonly kind: "delete"; readonly key: string };

export interface ControlSnapshot {
  readonly revision: number;
  readonly entries: readonly ControlEntry[];
}

export interface ControlStore {
  /** All entries whose key starts with `prefix`, sorted by key, at one revision. */
  list(prefix: string): Promise<ControlSnapshot>;
  get(key: string): Promise<ControlEntry | null>;
  /** Applies `changes` in one step when every compare holds; returns whether it did. */
  commit(
    compares: readonly ControlCompare[],
    changes: readonly ControlChange[],
  ): Promise<{ readonly applied: boolean; readonly revision: number }>;
  /**
   * Calls `changed` after any change below `prefix`, at least once per burst and with no content:
   * a watch may lose or repeat events, so the answer to a change is always a fresh `list`.
   */
  watch(prefix: string, changed: () => void): { close(): void };
  /** A lease that lasts while it is renewed; keys put with it vanish when it expires. */
  grantLease(ttlMs: number): Promise<string>;
  renewLease(lease: string): Promise<boolean>;
  revokeLease(lease: string): Promise<void>;
}
