/**
 * What the receiver needs from the kernels: a body becomes rows (one per time series, with the raw
 * bytes of its labels) and sample columns, in memory that the next `decode` overwrites.
 */
import type { BodyEncoding } from "#storage/body-appender.ts";

/** Row id of a label set that the identity table has not seen. */
export const ID_UNKNOWN = 0xffff_ffff;

export interface DecodedBody {
  readonly rowCount: number;
  readonly sampleCount: number;
  /** Index of the first sample of each row; `rowCount + 1` entries. */
  readonly sampleStart: Uint32Array;
  /** Integer milliseconds; out-of-range stamps come as they are and are judged later. */
  readonly timestamps: Float64Array;
  /** Bits exact. */
  readonly values: Float64Array;
  /** Native histograms in the body, by row, not decoded. */
  readonly histogramCount: number;
  readonly exemplarCount: number;
}

export interface BodyDecoder {
  /** Errors: `storage.body-malformed` with the byte offset, `storage.body-too-large`. */
  decode(body: Uint8Array, encoding: BodyEncoding): DecodedBody;
  /** Looks rows `from` to `to` up by their exact raw label bytes; ids or `ID_UNKNOWN`. */
  identify(from: number, to: number): Uint32Array;
  /** Remembers the row's raw label bytes; ids are dense from 0 until `forget`. */
  remember(row: number): number;
  /** Drops all identities; called when `identityBytes` passes the budget. */
  forget(): void;
  readonly identityBytes: number;
  /**
   * The row's labels as canonical bytes, or why they are not acceptable. The view is valid until
   * the next call.
   */
  canonicalise(row: number): { readonly bytes: Uint8Array } | { readonly invalid: string };
}
