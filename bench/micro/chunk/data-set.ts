/**
 * Columns to encode: node_exporter's profile over a day at 15 s, pages captured from a real
 * exporter, and single kinds of values. Seeded: same options, same bits.
 */
import { readFileSync } from "node:fs";
import { SeededRandom } from "#runtime/seeded-random.ts";
import {
  FleetValues,
  SERIES_PER_INSTANCE,
  fleet,
} from "../../macro/ingest/node-exporter-profile.ts";

export interface DataSet {
  readonly name: string;
  readonly seriesCount: number;
  /** Samples per series. */
  readonly samples: number;
  /** All series are scraped together. */
  readonly timestamps: Float64Array;
  /** Series after series. */
  readonly values: Float64Array;
}

const START_MS = 1_760_000_000_000;
const INTERVAL_MS = 15_000;

function clock(samples: number, jitterMs: number): Float64Array {
  const random = new SeededRandom(3);
  return Float64Array.from({ length: samples }, (_, i) => {
    const jitter = Math.floor(random.float() * (2 * jitterMs + 1)) - jitterMs;
    return START_MS + i * INTERVAL_MS + jitter;
  });
}

function profile(samples: number): DataSet {
  const values = new FleetValues(fleet(1), 1);
  const columns = new Float64Array(samples * SERIES_PER_INSTANCE);
  for (let i = 0; i < samples; i++) {
    for (let s = 0; s < SERIES_PER_INSTANCE; s++) columns[s * samples + i] = values.values[s]!;
    values.step();
  }
  const timestamps = clock(samples, 0);
  const name = "node_exporter profile";
  return { name, seriesCount: SERIES_PER_INSTANCE, samples, timestamps, values: columns };
}

type Step = (last: number, random: SeededRandom) => number;

function walks(
  name: string,
  seriesCount: number,
  samples: number,
  jitterMs: number,
  next: Step,
): DataSet {
  const random = new SeededRandom(5);
  const values = new Float64Array(seriesCount * samples);
  for (let s = 0; s < seriesCount; s++) {
    let value = Math.floor(random.float() * 1000);
    for (let i = 0; i < samples; i++) values[s * samples + i] = value = next(value, random);
  }
  return { name, seriesCount, samples, timestamps: clock(samples, jitterMs), values };
}

/** A file that `capture.ts` wrote: lines `# SCRAPE <ms>`, then the page without comments. */
export function capturedSet(path: string): DataSet {
  const scrapes = readFileSync(path, "utf8").split("# SCRAPE ").slice(1);
  const columns = new Map<string, number[]>();
  for (const scrape of scrapes) {
    for (const line of scrape.split("\n").slice(1)) {
      const space = line.lastIndexOf(" ");
      if (space < 0) continue;
      const name = line.slice(0, space);
      const column = columns.get(name) ?? [];
      column.push(Number(line.slice(space + 1)));
      columns.set(name, column);
    }
  }
  const samples = scrapes.length;
  // Series that come and go have no place in a rectangle.
  const whole = [...columns.values()].filter((column) => column.length === samples);
  const timestamps = clock(samples, 0);
  const values = Float64Array.from(whole.flat());
  return { name: "captured node_exporter", seriesCount: whole.length, samples, timestamps, values };
}

export function dataSets(samples: number, seriesCount: number): DataSet[] {
  const walk = (name: string, jitterMs: number, next: Step): DataSet =>
    walks(name, seriesCount, samples, jitterMs, next);
  return [
    profile(samples),
    walk("full mantissa, ts +-10 ms", 10, (last, random) =>
      Math.abs(last + (random.float() - 0.5 + random.float() * 2 ** -32) * 2),
    ),
    walk("constants", 0, (last) => last),
    walk("counters of requests", 0, (last, random) => last + Math.floor(random.float() * 200)),
    walk("counters of bytes", 0, (last, random) => last + Math.floor(random.float() * 5e6)),
    walk("one decimal, slow", 0, (last, random) => {
      const step = random.float() < 0.1 ? 0.1 : 0;
      return Math.round((random.float() < 0.5 ? last + step : last - step) * 10) / 10;
    }),
  ];
}
