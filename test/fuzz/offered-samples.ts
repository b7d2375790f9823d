/**
 * The ledger of a fuzz run against a node. Requests run side by side, so the order of samples is not
 * known; what must hold is: acknowledged ⊆ stored ⊆ offered, one value per timestamp.
 */
import { decodeLabels } from "#model/canonical-labels.ts";
import { labelsKey } from "#model/labels.ts";
import type { StoredSeries } from "#test/support/head-stores.ts";
import type { TwinRow } from "./twin-rows.ts";

interface Offer {
  acked: bigint | null;
  readonly offered: Set<bigint>;
}

/** Enough to see what kind of difference it is. */
const FAULTS_MAX = 10;

export class OfferedSamples {
  readonly #series = new Map<string, Map<number, Offer>>();
  ackedSamples = 0;

  offer(rows: readonly TwinRow[]): void {
    for (const { key, samples } of rows) {
      const offers = this.#series.getOrInsertComputed(key, () => new Map<number, Offer>());
      for (const [timestampMs, bits] of samples) {
        const offer = offers.getOrInsertComputed(timestampMs + 0, () => ({
          acked: null,
          offered: new Set<bigint>(),
        }));
        offer.offered.add(bits);
      }
    }
  }

  /** The node said that every sample of the rows is stored. */
  acknowledge(rows: readonly TwinRow[]): void {
    for (const { key, samples } of rows) {
      const offers = this.#series.get(key);
      for (const [timestampMs, bits] of samples) {
        const offer = offers?.get(timestampMs + 0);
        if (offer === undefined || offer.acked === bits) continue;
        if (offer.acked !== null) this.#conflicts++;
        offer.acked = bits;
        this.ackedSamples++;
      }
    }
  }

  #conflicts = 0;

  /** Differences between what is stored and what may be, in words. */
  faults(stored: readonly StoredSeries[]): string[] {
    const faults: string[] = [];
    if (this.#conflicts > 0) faults.push(`${this.#conflicts} samples acknowledged with two values`);
    const found = new Map(stored.map(({ key, samples }) => [key, samples]));
    for (const [bytes, offers] of this.#series) {
      const key = labelsKey(decodeLabels(new Uint8Array(Buffer.from(bytes, "latin1"))));
      faults.push(...seriesFaults(key, found.get(key) ?? [], offers));
      found.delete(key);
      if (faults.length > FAULTS_MAX) return faults;
    }
    for (const key of found.keys()) faults.push(`${JSON.stringify(key)} was never offered`);
    return faults.slice(0, FAULTS_MAX);
  }
}

function seriesFaults(
  key: string,
  samples: readonly string[],
  offers: ReadonlyMap<number, Offer>,
): string[] {
  const faults: string[] = [];
  const name = JSON.stringify(key).slice(0, 200);
  const stored = new Map<number, bigint>();
  for (const sample of samples) {
    const [time = "", bits = ""] = sample.split(":");
    const timestampMs = Number(time);
    if (stored.has(timestampMs)) faults.push(`${name}: ${time} stored twice`);
    stored.set(timestampMs, BigInt(`0x${bits}`));
    if (offers.get(timestampMs)?.offered.has(BigInt(`0x${bits}`)) !== true) {
      faults.push(`${name}: ${sample} was never offered`);
    }
  }
  for (const [timestampMs, { acked }] of offers) {
    if (acked === null || stored.get(timestampMs) === acked) continue;
    const got = stored.get(timestampMs)?.toString(16) ?? "nothing";
    faults.push(`${name}: got ${got} at ${timestampMs}, acknowledged ${acked.toString(16)}`);
  }
  return faults;
}
