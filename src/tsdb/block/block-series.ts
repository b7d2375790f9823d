/**
 * One series on its way into or out of a block, with a run of its samples. Objects and columns are
 * the maker's and may be filled anew for the next series: whoever keeps something copies it.
 */
import type { TenantId } from "#model/refs.ts";
import type { HistogramRows } from "./histogram-rows.ts";

export interface SeriesIdentity {
  readonly tenant: TenantId;
  readonly placementLow: number;
  readonly placementHigh: number;
  readonly fingerprintLow: number;
  readonly fingerprintHigh: number;
  /** Canonical label bytes, all of the array. */
  readonly labels: Uint8Array;
}

export interface BlockSeries extends SeriesIdentity {
  /** Rows `[start, end)` of both columns; timestamps are integers and rise. */
  readonly timestamps: Float64Array;
  /** Bits exact. */
  readonly values: Float64Array;
  readonly start: number;
  readonly end: number;
  /** The bytes of samples that are histograms, perhaps of more than these rows; see there. */
  readonly histograms: HistogramRows | null;
}

/** Series in the order of `compareIdentities`, each once. */
export interface BlockSeriesSource {
  /** Valid until the next call; null at the end. */
  next(): Promise<BlockSeries | null>;
  /** Gives back what the source holds; may be called twice. */
  close(): void;
}

/**
 * Order of series in blocks: placement, fingerprint; should two label sets share both, tenant and
 * label bytes. 0 for the same series.
 */
export function compareIdentities(a: SeriesIdentity, b: SeriesIdentity): number {
  return (
    a.placementHigh - b.placementHigh ||
    a.placementLow - b.placementLow ||
    a.fingerprintHigh - b.fingerprintHigh ||
    a.fingerprintLow - b.fingerprintLow ||
    a.tenant - b.tenant ||
    compareBytes(a.labels, b.labels)
  );
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
