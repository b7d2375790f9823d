/**
 * Append batches of a fleet as a receiver makes them: first with labels, then with the refs that the
 * shard gave. Buffers are reused, so making a batch costs little beside storing it.
 */
import { encodeLabels } from "#model/canonical-labels.ts";
import { labelsOf } from "#model/labels.ts";
import { SeriesHasher } from "#model/placement.ts";
import { shardId, type TenantId } from "#model/refs.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import { fleet, FleetValues } from "../../macro/ingest/node-exporter-profile.ts";

const BATCH_SAMPLES = 2000;
const START_MS = 1_700_000_000_000;
const STEP_MS = 15_000;
const GENERATION = 1;

export class HeadLoad {
  readonly seriesCount: number;
  readonly #tenant: TenantId;
  readonly #labels: readonly Uint8Array[];
  readonly #values: FleetValues;
  readonly #random = new SeededRandom(7);
  readonly #hasher = new SeriesHasher({ seed: [1, 2], lanes: 4 });
  readonly #refs: Uint32Array;
  readonly #order: Uint32Array;
  #learned = 0;
  #timestampMs = START_MS;

  constructor(tenant: TenantId, instances: number) {
    const series = fleet(instances);
    this.#tenant = tenant;
    this.seriesCount = series.length;
    this.#labels = series.map(({ labels }) => encodeLabels(labelsOf(labels)));
    this.#values = new FleetValues(series, 1);
    this.#refs = new Uint32Array(series.length);
    this.#order = Uint32Array.from({ length: series.length }, (_, i) => i);
  }

  /** One sample of every series, with labels. Made before it is handed out. */
  *registrations(): Generator<AppendBatch> {
    for (let first = 0; first < this.seriesCount; first += BATCH_SAMPLES) {
      yield this.#registration(first, Math.min(first + BATCH_SAMPLES, this.seriesCount));
    }
  }

  /** The refs of the batch registered last. */
  learn(refs: Uint32Array): void {
    this.#refs.set(refs, this.#learned);
    this.#learned += refs.length;
  }

  /** The next scrape, in the order of registration or in an order of its own. */
  advance(isShuffled: boolean): void {
    this.#timestampMs += STEP_MS;
    this.#values.step();
    if (!isShuffled) return;
    const order = this.#order;
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(this.#random.float() * (i + 1));
      const swapped = order[i]!;
      order[i] = order[j]!;
      order[j] = swapped;
    }
  }

  *batches(): Generator<AppendBatch> {
    for (let first = 0; first < this.seriesCount; first += BATCH_SAMPLES) {
      const rows = this.#order.subarray(first, first + BATCH_SAMPLES);
      const batch = this.#empty(rows.length);
      for (const [i, index] of rows.entries()) {
        batch.series[i] = this.#refs[index]!;
        batch.values[i] = this.#values.values[index]!;
      }
      yield { ...batch, knownCount: rows.length };
    }
  }

  #registration(first: number, end: number): AppendBatch {
    const labels = this.#labels.slice(first, end);
    const labelStart = new Uint32Array(labels.length + 1);
    labels.forEach((bytes, i) => (labelStart[i + 1] = labelStart[i]! + bytes.length));
    const labelBytes = new Uint8Array(labelStart.at(-1)!);
    const fingerprints = new Uint32Array(2 * labels.length);
    const placements = new Uint32Array(2 * labels.length);
    for (const [i, bytes] of labels.entries()) {
      labelBytes.set(bytes, labelStart[i]);
      const { length } = bytes;
      this.#hasher.hash(this.#tenant, bytes, 0, length, fingerprints, placements, 2 * i);
    }
    const batch = this.#empty(labels.length);
    for (let i = 0; i < labels.length; i++) {
      batch.series[i] = i;
      batch.values[i] = this.#values.values[first + i]!;
    }
    const labelCount = labels.length;
    return { ...batch, labelCount, labelStart, labelBytes, fingerprints, placements };
  }

  #empty(sampleCount: number): AppendBatch {
    return {
      tenant: this.#tenant,
      shard: shardId(0),
      generation: GENERATION,
      isHistory: false,
      labelCount: 0,
      labelStart: new Uint32Array(1),
      labelBytes: new Uint8Array(0),
      fingerprints: new Uint32Array(0),
      placements: new Uint32Array(0),
      sampleCount,
      knownCount: 0,
      series: new Uint32Array(sampleCount),
      timestamps: new Float64Array(sampleCount).fill(this.#timestampMs),
      values: new Float64Array(sampleCount),
      histograms: null,
      exemplars: null,
      metadata: null,
    };
  }
}
