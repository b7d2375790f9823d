/**
 * How evenly placement keys spread series over shards: max / mean series per shard of a fleet, for
 * all keys and shard counts in one pass. Hashes are the product's own; what does not depend on the
 * key (the fingerprint) is computed once per series, and what does not depend on the series (the
 * placement of one lane of a target) once per target and lane.
 */
import { must } from "#base/assert.ts";
import { encodeLabels } from "#model/canonical-labels.ts";
import { labelsOf } from "#model/labels.ts";
import { SeriesHasher, shardOfPlacement } from "#model/placement.ts";
import { tenantId } from "#model/refs.ts";

export interface FleetShape {
  readonly targets: number;
  readonly seriesPerTarget: number;
}

/** Lanes that stand for hashing the full label set: nearly every series has a lane of its own. */
export const FULL_LABEL_LANES: number = 2 ** 20;

const SEED = [1, 2] as const;
const TENANT = tenantId(0);
/** Fixed width, so that the name of a target is written over that of the one before. */
const INSTANCE_DIGITS = 9;

/** `ratios[key][count]`; lanes and shard counts are powers of two. */
export function maxOverMean(
  shape: FleetShape,
  lanesOfKeys: readonly number[],
  shardCounts: readonly number[],
): readonly (readonly number[])[] {
  const finest = Math.max(...shardCounts);
  const sizes = lanesOfKeys.map(() => new Uint32Array(finest));
  const keys = lanesOfKeys.map((lanes) => new KeyPlacement(lanes, finest));
  const full = new SeriesHasher({ seed: SEED, lanes: FULL_LABEL_LANES });
  const series = Array.from({ length: shape.seriesPerTarget }, (_, i) => new SeriesBytes(i));
  const fingerprint = new Uint32Array(2);
  const placement = new Uint32Array(2);
  for (let target = 0; target < shape.targets; target++) {
    for (const key of keys) key.nextTarget();
    for (const one of series) {
      const { bytes } = one;
      one.setTarget(target);
      full.hash(TENANT, bytes, 0, bytes.length, fingerprint, placement, 0);
      for (const [i, key] of keys.entries()) {
        const shard =
          key.lanes === FULL_LABEL_LANES
            ? shardOfPlacement(placement[1]!, finest)
            : key.shardOf(bytes, fingerprint[0]!);
        sizes[i]![shard]!++;
      }
    }
  }
  const mean = shape.targets * shape.seriesPerTarget;
  return sizes.map((fine) =>
    shardCounts.map((count) => Math.max(...folded(fine, count)) / (mean / count)),
  );
}

/** Shards are the top bits of the placement: a coarser count joins neighbours. */
function folded(fine: Uint32Array, count: number): Uint32Array {
  const sums = new Uint32Array(count);
  for (let i = 0; i < fine.length; i++) sums[Math.floor((i * count) / fine.length)]! += fine[i]!;
  return sums;
}

/** Where the lanes of the current target lie under one key. */
class KeyPlacement {
  readonly lanes: number;
  readonly #shardCount: number;
  readonly #hasher: SeriesHasher;
  readonly #shards: Int32Array;
  readonly #fingerprint = new Uint32Array(2);
  readonly #placement = new Uint32Array(2);

  constructor(lanes: number, shardCount: number) {
    this.lanes = lanes;
    this.#shardCount = shardCount;
    this.#hasher = new SeriesHasher({ seed: SEED, lanes });
    this.#shards = new Int32Array(Math.min(lanes, 1024)).fill(-1);
  }

  nextTarget(): void {
    this.#shards.fill(-1);
  }

  shardOf(bytes: Uint8Array, fingerprintLow: number): number {
    // A power of two divides 2^32, so the low word alone decides.
    const lane = fingerprintLow % this.lanes;
    const known = must(this.#shards[lane], `lane ${lane}`);
    if (known >= 0) return known;
    this.#hasher.hash(TENANT, bytes, 0, bytes.length, this.#fingerprint, this.#placement, 0);
    const shard = shardOfPlacement(this.#placement[1]!, this.#shardCount);
    this.#shards[lane] = shard;
    return shard;
  }
}

/** The canonical label bytes of one series, of whichever target was set last. */
class SeriesBytes {
  readonly bytes: Uint8Array;
  readonly #digitsAt: number;

  constructor(index: number) {
    const placeholder = "#".repeat(INSTANCE_DIGITS);
    this.bytes = encodeLabels(
      labelsOf([
        ["__name__", `metric_${index}`],
        ["instance", `host-${placeholder}:9100`],
        ["job", "node"],
      ]),
    );
    this.#digitsAt = this.bytes.indexOf(placeholder.charCodeAt(0));
  }

  setTarget(target: number): void {
    let rest = target;
    for (let i = INSTANCE_DIGITS - 1; i >= 0; i--) {
      this.bytes[this.#digitsAt + i] = 48 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
  }
}
