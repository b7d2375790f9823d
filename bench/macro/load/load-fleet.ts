/**
 * The values of up to tens of millions of series, in typed arrays: kinds and movements are those of
 * `../ingest/node-exporter-profile.ts`, drawn by a cheap generator, since a million samples a second
 * leave no time for a good one.
 */
import { profileSeries, SERIES_PER_INSTANCE } from "../ingest/node-exporter-profile.ts";
import type { ValueKind } from "../ingest/node-exporter-profile.ts";

const KINDS: readonly ValueKind[] = [
  "integer-counter",
  "counter",
  "gauge",
  "page-gauge",
  "constant",
];
const INTEGER_COUNTER = 0;
const COUNTER = 1;
const GAUGE = 2;
const PAGE_GAUGE = 3;
const CONSTANTS = [0, 0, 0, 1, 1500, 1.25e9, 65_536, 4098];
const TO_UNIT = 2 ** -32;

export class LoadFleet {
  readonly #kinds: Uint8Array;
  readonly #values: Float64Array;
  readonly #isMantissaFull: boolean;
  #state: number;

  constructor(seriesCount: number, seed: number, isMantissaFull: boolean) {
    this.#state = seed | 1;
    this.#isMantissaFull = isMantissaFull;
    this.#kinds = Uint8Array.from({ length: SERIES_PER_INSTANCE }, (_, id) => {
      return KINDS.indexOf(profileSeries(id, 0).kind);
    });
    this.#values = new Float64Array(seriesCount);
    for (let id = 0; id < seriesCount; id++) {
      this.#values[id] = this.#first(this.#kinds[id % SERIES_PER_INSTANCE]!);
    }
  }

  /** Moves each of `ids` by one scrape and gives the new values. */
  step(ids: Uint32Array, into: Float64Array): void {
    const values = this.#values;
    const kinds = this.#kinds;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      const value = this.#next(kinds[id % SERIES_PER_INSTANCE]!, values[id]!);
      values[id] = value;
      into[i] = value;
    }
  }

  /** xorshift32. */
  #draw(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) * TO_UNIT;
  }

  #first(kind: number): number {
    const draw = this.#draw();
    if (this.#isMantissaFull) return draw * 1000 + this.#draw() * TO_UNIT;
    if (kind === INTEGER_COUNTER) return Math.floor(draw * (this.#draw() < 0.5 ? 1e9 : 1e12));
    if (kind === COUNTER) return Math.round(draw * 1e7) / 100;
    if (kind === GAUGE) return Math.round(draw * 10_000) / 100;
    if (kind === PAGE_GAUGE) return Math.floor(draw * 1e7) * 4096;
    return CONSTANTS[Math.floor(draw * CONSTANTS.length)]!;
  }

  #next(kind: number, value: number): number {
    const draw = this.#draw();
    if (this.#isMantissaFull) return value + (draw - 0.5) * 1.7;
    if (kind === INTEGER_COUNTER) {
      return draw < 0.8 ? value + Math.floor(draw * this.#draw() * 6000) : value;
    }
    if (kind === COUNTER) return draw < 0.85 ? Math.round((value + draw * 10) * 100) / 100 : value;
    if (kind === GAUGE) {
      return draw < 0.7 ? Math.round((value + (draw - 0.35) * 4) * 100) / 100 : value;
    }
    if (kind === PAGE_GAUGE) {
      return draw < 0.6 ? value + Math.floor((draw - 0.3) * 2000) * 4096 : value;
    }
    return value;
  }
}
