/**
 * How evenly a placement key spreads series over shards: max / mean series per shard for fleets of
 * several shapes. Pure arithmetic over the product's own hasher.
 */
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

export function maxOverMean(shape: FleetShape, lanes: number, shardCount: number): number {
  const hasher = new SeriesHasher({ seed: [1, 2], lanes });
  const sizes = new Uint32Array(shardCount);
  const fingerprint = new Uint32Array(2);
  const placement = new Uint32Array(2);
  for (let target = 0; target < shape.targets; target++) {
    const instance = `10.${target >> 16}.${(target >> 8) & 255}.${target & 255}:9100`;
    for (let series = 0; series < shape.seriesPerTarget; series++) {
      const bytes = encodeLabels(
        labelsOf([
          ["__name__", `metric_${series}`],
          ["instance", instance],
          ["job", "node"],
        ]),
      );
      hasher.hash(tenantId(0), bytes, 0, bytes.length, fingerprint, placement, 0);
      const shard = shardOfPlacement(placement[1]!, shardCount);
      sizes[shard] = sizes[shard]! + 1;
    }
  }
  const mean = (shape.targets * shape.seriesPerTarget) / shardCount;
  return Math.max(...sizes) / mean;
}
