/** Draws that the simulator needs on top of the Random port. */
import { assert } from "#base/assert.ts";
import type { Random } from "#runtime/ports/random.ts";

/** True with probability `rate` in [0, 1]; a rate of 0 draws nothing, so that it changes no stream. */
export function chance(random: Random, rate: number): boolean {
  return rate > 0 && random.float() < rate;
}

/** Integer in [low, high]. */
export function between(random: Random, low: number, high: number): number {
  assert(high >= low, () => `sim: got range ${low}..${high}`);
  return low + Math.floor(random.float() * (high - low + 1));
}

export function pick<T>(random: Random, items: readonly T[]): T {
  assert(items.length > 0, "sim: pick from nothing");
  return items[between(random, 0, items.length - 1)]!;
}

/** Index of one of `weights`, with probability in proportion to it. */
export function pickWeighted(random: Random, weights: readonly number[]): number {
  let rest = random.float() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let index = 0; index < weights.length; index++) {
    rest -= weights[index]!;
    if (rest < 0) return index;
  }
  return weights.length - 1;
}

export function fillRandom(random: Random, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at++) bytes[at] = random.u32() & 255;
}
