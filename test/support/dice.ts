/**
 * Draws of a seeded test run over the Random port. Everything that is drawn has dice of its own,
 * forked by name or number from the seed of the run, so that none depends on what was drawn before.
 */
import { SeededRandom } from "#runtime/seeded-random.ts";
import type { Random } from "#runtime/ports/random.ts";

export class Dice {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** The dice of body `index` of the run with `seed`. */
  static of(seed: number, index: number): Dice {
    return Dice.named(seed, `body ${index}`);
  }

  static named(seed: number, name: string): Dice {
    return new Dice(new SeededRandom(seed).fork(name));
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

  word(): bigint {
    return (BigInt(this.#random.u32()) << 32n) | BigInt(this.#random.u32());
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.#random.u32());
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
