/**
 * A source of buckets without the series that finer blocks have: where a retention rule took only
 * some series out of those, the tier stands in for these and for no others. Holds the blocks' indexes
 * until it is closed.
 */
import type { SelectRequest } from "#storage/queryable.ts";
import type { BlockLease, BlockReaders } from "../block/block-readers.ts";
import { compareIdentities, type SeriesIdentity } from "../block/block-series.ts";
import type { TierSeries, TierSeriesSource } from "../block/tier-cursor.ts";
import type { BlockEntry } from "../manifest/block-entry.ts";
import { ownedSeries } from "../manifest/select-blocks.ts";

/** The selected series of one finer block, in the order of all blocks. */
interface KnownSeries {
  readonly identityOf: (series: number) => SeriesIdentity;
  readonly numbers: Uint32Array;
  at: number;
  /** The one at `at`; null behind the last. */
  identity: SeriesIdentity | null;
}

export class SeriesBeside implements TierSeriesSource {
  readonly #source: TierSeriesSource;
  readonly #known: readonly KnownSeries[];
  readonly #leases: readonly BlockLease[];

  private constructor(
    source: TierSeriesSource,
    known: readonly KnownSeries[],
    leases: readonly BlockLease[],
  ) {
    this.#source = source;
    this.#known = known;
    this.#leases = leases;
  }

  /** Takes the source over, also when it throws: what reading an index throws. */
  static async open(
    source: TierSeriesSource,
    blocks: readonly BlockEntry[],
    readers: BlockReaders,
    request: SelectRequest,
  ): Promise<SeriesBeside> {
    const leases: BlockLease[] = [];
    const known: KnownSeries[] = [];
    try {
      for (const block of blocks) {
        const lease = await readers.hold(block);
        leases.push(lease);
        const numbers = await ownedSeries(block, lease.reader, request);
        const { series } = await lease.reader.index();
        const identityOf = (number: number): SeriesIdentity => series.identity(number);
        const identity = numbers.length === 0 ? null : identityOf(numbers[0]!);
        known.push({ identityOf, numbers, at: 0, identity });
      }
    } catch (error) {
      source.close();
      for (const lease of leases) lease[Symbol.dispose]();
      throw error;
    }
    return new SeriesBeside(source, known, leases);
  }

  async next(): Promise<TierSeries | null> {
    for (;;) {
      const series = await this.#source.next();
      if (series === null) return null;
      let isKnown = false;
      for (const known of this.#known) isKnown = reaches(known, series.identity) || isKnown;
      if (!isKnown) return series;
    }
  }

  close(): void {
    this.#source.close();
    for (const lease of this.#leases) lease[Symbol.dispose]();
  }
}

/** Moves on to the first series that is not before `identity`; true when that is it. */
function reaches(known: KnownSeries, identity: SeriesIdentity): boolean {
  for (; known.identity !== null;) {
    const order = compareIdentities(known.identity, identity);
    if (order >= 0) return order === 0;
    known.at++;
    known.identity =
      known.at < known.numbers.length ? known.identityOf(known.numbers[known.at]!) : null;
  }
  return false;
}
