/**
 * Writes the buckets of series to a block of a tier: per aggregate a column, in it the rows that the
 * other columns do not imply. When most rows of a column would be stored, all are: then neighbours
 * share its timestamps. Digests are of the buckets themselves, whatever is stored of them.
 */
import type { SeriesIdentity } from "./block-series.ts";
import type { BlockWriter } from "./block-writer.ts";
import { RowColumns } from "./row-columns.ts";
import { collectColumn, TIER_COLUMN_LIST } from "./tier-columns.ts";
import type { TierRows } from "./tier-rows.ts";

export class TierWriter {
  readonly #writer: BlockWriter;
  readonly #stored = new RowColumns();
  readonly #all = new RowColumns();

  constructor(writer: BlockWriter) {
    this.#writer = writer;
  }

  /** The next series, with at least one bucket. */
  async add(series: SeriesIdentity, rows: TierRows): Promise<void> {
    this.#writer.begin(series);
    for (const column of TIER_COLUMN_LIST) {
      const all = this.#all;
      const stored = this.#stored;
      collectColumn(column, rows, all, stored);
      if (all.length === 0) continue;
      this.#writer.addDigest(column.column, all.timestamps, all.values, 0, all.length);
      const { timestamps, values, length } = 2 * stored.length > all.length ? all : stored;
      if (length > 0) await this.#writer.append(column.column, timestamps, values, 0, length);
    }
  }
}
