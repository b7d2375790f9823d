/**
 * Snapshots of everything that is stored: durable copies of the data folder that share the files of
 * blocks with it. What was acknowledged before a snapshot was asked for is in it.
 */
export interface SnapshotAdmin {
  /** The name of a new one. Without the heads only what is in blocks already is taken. */
  create(withHeads: boolean): Promise<string>;
  /** Sorted, so the oldest first. */
  list(): Promise<readonly string[]>;
  /** False when there is none of this name. */
  remove(name: string): Promise<boolean>;
}
