/**
 * What scrubbing has found, in shared memory: one row, written by the main thread alone and rendered
 * by whichever listener is asked for metrics.
 */
import {
  allocateSharedCounters,
  collectSharedCounters,
  defineSharedCounters,
  sharedCounterRow,
} from "#runtime/metrics/shared-counters.ts";
import type { SharedCounterTable } from "#runtime/metrics/shared-counters.ts";
import type { MetricFamily } from "#runtime/metrics/metric-snapshot.ts";

type ScrubCounter =
  | "segments"
  | "bytes"
  | "corruptions"
  | "damagedBytes"
  | "failures"
  | "passes"
  | "lastPassSeconds";

const TABLE: SharedCounterTable<ScrubCounter> = defineSharedCounters<ScrubCounter>({
  segments: {
    name: "gyre_scrub_segments_total",
    help: "Finished log segments read again and verified.",
    type: "counter",
  },
  bytes: {
    name: "gyre_scrub_bytes_total",
    help: "Log bytes read again and verified.",
    type: "counter",
  },
  corruptions: {
    name: "gyre_scrub_corruptions_total",
    help: "Damaged places found in finished log segments, each counted once.",
    type: "counter",
  },
  damagedBytes: {
    name: "gyre_scrub_damaged_bytes",
    help: "Log bytes that the newest full pass could not verify.",
    type: "gauge",
  },
  failures: {
    name: "gyre_scrub_failures_total",
    help: "Segments or logs that could not be read for another reason than damage.",
    type: "counter",
  },
  passes: {
    name: "gyre_scrub_passes_total",
    help: "Passes over all finished log segments.",
    type: "counter",
  },
  lastPassSeconds: {
    name: "gyre_scrub_last_pass_timestamp_seconds",
    help: "When the newest pass ended, 0 before the first.",
    type: "gauge",
  },
});

export function allocateScrubCounters(): SharedArrayBuffer {
  return allocateSharedCounters(TABLE, 1);
}

export class ScrubCounters {
  readonly #row: Float64Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#row = sharedCounterRow(TABLE, buffer, 0);
  }

  add(counter: ScrubCounter, amount: number): void {
    this.set(counter, this.#row[TABLE.index[counter]]! + amount);
  }

  set(counter: ScrubCounter, value: number): void {
    this.#row[TABLE.index[counter]] = value;
  }
}

/** The node scrubs as one: its families have no labels. */
export function collectScrubCounters(buffer: SharedArrayBuffer): readonly MetricFamily[] {
  return collectSharedCounters(TABLE, buffer, "", [""]).map((family) => ({
    ...family,
    samples: family.samples.map((sample) => ({ ...sample, labels: [] })),
  }));
}
