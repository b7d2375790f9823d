/**
 * What the receiver needs from the kernels: a body becomes rows (one per time series, identified by
 * the exact raw bytes of its labels) and sample columns, in memory that the next `decode` reuses.
 */
import type { ItemReader } from "./item-reader.ts";
import type { RowRouter } from "./row-router.ts";
import type { PlacementOptions } from "#model/placement.ts";
import type { BodyOptions } from "#storage/body-appender.ts";

/** Row id of a label set that the identity table has not seen. */
export const ID_UNKNOWN = 0xffff_ffff;

export interface DecodedBody {
  readonly rowCount: number;
  readonly sampleCount: number;
  /** Identity of each row, or `ID_UNKNOWN`; `remember` fills the gaps. */
  readonly ids: Uint32Array;
  /** How many raw label bytes each row has. */
  readonly labelBytes: Uint32Array;
  /** Row i owns samples `sampleStarts[i] .. sampleStarts[i + 1] - 1`. */
  readonly sampleStarts: Uint32Array;
  /** Integer milliseconds; out-of-range stamps come as they are and are judged later. */
  readonly timestamps: Float64Array;
  /** The values as words, low then high: their bits never pass through a number. */
  readonly valueWords: Uint32Array;
  /** Exemplars, metadata and histograms, for the item reader. */
  readonly itemCount: number;
  /** Of these items. */
  readonly histogramCount: number;
  readonly exemplarCount: number;
  /** Series that the message forbids because they bring nothing; they have no row. */
  readonly emptySeriesCount: number;
}

/** `sourceBytes`: how many raw label bytes were read for it, which is what it cost. */
export type CanonicalLabels =
  | { readonly kind: "valid"; readonly sourceBytes: number; readonly bytes: Uint8Array }
  | { readonly kind: "invalid"; readonly sourceBytes: number; readonly reason: string };

export interface BodyDecoder {
  /** Errors: `storage.body-malformed` with the byte offset, `storage.body-too-large`. */
  decode(body: Uint8Array, options: BodyOptions): DecodedBody;
  /**
   * Gives the row's raw label bytes an id, the same one when they have one by now. Ids are dense
   * from 0 until `forget`. `ID_UNKNOWN` when the table is full.
   */
  remember(row: number): number;
  /** Deals the rows of decoded bodies out to shards and their logs; one per receiver. */
  rowRouter(shardLogs: Uint16Array): RowRouter;
  /** Reads the items of the body decoded last. */
  readonly items: ItemReader;
  /** Learns the order of the rows for the next body of the same sender. */
  learnOrder(): void;
  /** True when the identity table should be dropped before the next body. */
  isFull(): boolean;
  forget(): void;
  readonly identityBytes: number;
  /** The row's labels; the view is valid until the next call. */
  canonicalise(row: number): CanonicalLabels;
  /** Hashes of the series whose labels were the last valid ones, two words each, low before high. */
  hashSeries(options: PlacementOptions, fingerprint: Uint32Array, placement: Uint32Array): void;
}
