/**
 * Draws of a differential run over the Random port. Every data set and every query has dice of its
 * own, forked by name from the seed of the run, so that none depends on what was drawn before.
 */
import { SeededRandom } from "#runtime/seeded-random.ts";
import type { Random } from "#runtime/ports/random.ts";

export class Dice {
  readonly #random: Random;

  constructor(seed: number, name: string) {
    this.#random = new SeededRandom(seed).fork(name);
  }

  /** Uniform integer in [0, count). */
  below(count: number): number {
    return Math.floor(this.#random.float() * count);
  }

  /** Uniform integer in [low, high]. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** Integer in [low, high] whose logarithm is uniform: many small ones, some large ones. */
  scaled(low: number, high: number): number {
    return Math.floor(low * (high / low) ** this.#random.float());
  }

  chance(probability: number): boolean {
    return this.#random.float() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [result[i], result[j]] = [result[j]!, result[i]!];
    }
    return result;
  }
}
