/**
 * Deleting stored data. What resolved is durable and shows in every read from then on; what is
 * written later under the same labels stays.
 */
import type { SelectRequest } from "./queryable.ts";

export interface SeriesAdmin {
  /**
   * Deletes the samples in range of the series that all matchers accept. Errors: `storage.overloaded`
   * when it cannot be taken now; asking again does no harm.
   */
  deleteSeries(request: SelectRequest): Promise<void>;
  /** Resolves when nothing of what was deleted is left on the disk, open reads aside. */
  cleanTombstones(): Promise<void>;
}
