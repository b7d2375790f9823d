/**
 * Walks the index of a head in slices. The head changes between two of them: the place is kept as
 * the last value read, and when that is gone the rest of its label is passed over.
 */
import type { TenantId } from "#model/refs.ts";
import {
  LABEL_COUNTS_SLICE_MAX,
  type LabelCountsCursor,
  type LabelCountsSlice,
} from "#storage/label-counts.ts";
import type { Head } from "../head/head.ts";
import { HeadIndex } from "../head/head-index.ts";

export class HeadLabelCounts implements LabelCountsCursor {
  readonly #index: HeadIndex;
  #names: readonly string[] | null = null;
  #at = 0;
  /** The last value read of the present name. */
  #last: string | null = null;

  constructor(head: Head, tenant: TenantId) {
    this.#index = new HeadIndex(head, tenant);
  }

  next(): LabelCountsSlice | null {
    this.#names ??= this.#index.labelNames();
    for (; this.#at < this.#names.length; this.#at++, this.#last = null) {
      const name = this.#names[this.#at]!;
      const slice = this.#index.countsAfter(name, this.#last, LABEL_COUNTS_SLICE_MAX);
      if (slice.values.length === 0) continue;
      this.#last = slice.values.at(-1)!;
      return { name, ...slice };
    }
    return null;
  }
}
