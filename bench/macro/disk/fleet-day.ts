/**
 * A day of samples of a fleet, in memory: what one store keeps is what the others keep. Hosts of
 * 1,000 series each, scraped at a time of their own. Seeded: same options, same bits.
 */
import { SeededRandom } from "#runtime/seeded-random.ts";
import {
  FleetValues,
  profileSeries,
  SERIES_PER_INSTANCE,
  type ProfileSeries,
} from "../ingest/node-exporter-profile.ts";

/**
 * `profile`: node_exporter's values, scrapes exactly on time. `mantissa`: random walks that use all
 * 53 bits, scrapes up to 10 ms early or late.
 */
export type DayProfile = "profile" | "mantissa";

export interface DayOptions {
  readonly profile: DayProfile;
  readonly hosts: number;
  readonly intervalMs: number;
  readonly hours: number;
}

/** All series of a host are scraped together. */
export interface HostDay {
  readonly series: readonly ProfileSeries[];
  readonly timestamps: Float64Array;
  /** By series of the host. */
  readonly values: readonly Float64Array[];
}

export interface FleetDay extends DayOptions {
  readonly startMs: number;
  readonly samplesPerSeries: number;
  readonly sampleCount: number;
  readonly hostDays: readonly HostDay[];
}

export const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const START_MS: number = 20_371 * DAY_MS;
const JITTER_MS = 10;

export function fleetDay(options: DayOptions): FleetDay {
  const { hosts, intervalMs, hours } = options;
  const samplesPerSeries = (hours * HOUR_MS) / intervalMs;
  const hostDays = Array.from({ length: hosts }, (_, host) => {
    return hostDay(host, samplesPerSeries, options);
  });
  const sampleCount = hosts * SERIES_PER_INSTANCE * samplesPerSeries;
  return { ...options, startMs: START_MS, samplesPerSeries, sampleCount, hostDays };
}

function hostDay(host: number, samples: number, options: DayOptions): HostDay {
  const first = host * SERIES_PER_INSTANCE;
  const series = Array.from({ length: SERIES_PER_INSTANCE }, (_, i) => profileSeries(first + i, 0));
  const isExact = options.profile === "profile";
  const timestamps = clock(host, samples, options.intervalMs, isExact ? 0 : JITTER_MS);
  const values = isExact ? profileValues(series, samples, host) : walks(samples, host);
  return { series, timestamps, values };
}

function clock(host: number, samples: number, intervalMs: number, jitterMs: number): Float64Array {
  const random = new SeededRandom(3, host);
  const offset = JITTER_MS + Math.floor(random.float() * (intervalMs - 2 * JITTER_MS));
  return Float64Array.from({ length: samples }, (_, i) => {
    const jitter = Math.floor(random.float() * (2 * jitterMs + 1)) - jitterMs;
    return START_MS + offset + i * intervalMs + jitter;
  });
}

function profileValues(
  series: readonly ProfileSeries[],
  samples: number,
  host: number,
): readonly Float64Array[] {
  const fleet = new FleetValues(series, host + 1);
  const values = series.map(() => new Float64Array(samples));
  for (let i = 0; i < samples; i++) {
    for (const [at, column] of values.entries()) column[i] = fleet.values[at]!;
    fleet.step();
  }
  return values;
}

function walks(samples: number, host: number): readonly Float64Array[] {
  const random = new SeededRandom(5, host);
  return Array.from({ length: SERIES_PER_INSTANCE }, () => {
    let value = Math.floor(random.float() * 1000);
    return Float64Array.from({ length: samples }, () => {
      const step = (random.float() - 0.5 + random.float() * 2 ** -32) * 2;
      value = Math.abs(value + step);
      return value;
    });
  });
}
