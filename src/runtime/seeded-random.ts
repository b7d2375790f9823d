/**
 * The one generator behind the Random port: xoshiro128** over a state spread from the seed by
 * splitmix32. The simulator seeds it with the run's seed, the node with bytes of the system.
 * `fork` depends on seed and tag only, not on how much was drawn: adding a draw in one part leaves
 * every other part's stream as it was. Forking twice with one tag gives the same stream twice.
 * Not for secrets.
 */
import type { Random } from "./ports/random.ts";

const GOLDEN_RATIO_32 = 0x9e3779b9;

export class SeededRandom implements Random {
  /** Two u32 words, so that seeds up to 2^53 and forks of forks stay apart. */
  readonly #seedLow: number;
  readonly #seedHigh: number;
  readonly #state = new Uint32Array(4);

  constructor(seedLow: number, seedHigh = 0) {
    this.#seedLow = seedLow >>> 0;
    // A single number beyond 32 bits keeps its upper part.
    this.#seedHigh = (seedHigh ^ Math.floor(seedLow / 2 ** 32)) >>> 0;
    let spread = this.#seedLow;
    for (let index = 0; index < 4; index++) {
      spread = (spread + GOLDEN_RATIO_32) >>> 0;
      this.#state[index] = mix32(spread ^ mix32(this.#seedHigh + index));
    }
    // The all-zero state is the generator's only fixed point.
    if (this.#state.every((word) => word === 0)) this.#state[0] = GOLDEN_RATIO_32;
  }

  u32(): number {
    const state = this.#state;
    const [s0, s1, s2, s3] = [state[0]!, state[1]!, state[2]!, state[3]!];
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const mixed2 = s2 ^ s0;
    const mixed3 = s3 ^ s1;
    state[1] = s1 ^ mixed2;
    state[0] = s0 ^ mixed3;
    state[2] = mixed2 ^ (s1 << 9);
    state[3] = rotateLeft(mixed3, 11);
    return result;
  }

  float(): number {
    // 53 bits: 27 high bits of one draw above 26 of the next.
    return ((this.u32() >>> 5) * 2 ** 26 + (this.u32() >>> 6)) / 2 ** 53;
  }

  fork(tag: string): Random {
    let low = this.#seedLow ^ 0x811c9dc5;
    let high = this.#seedHigh ^ GOLDEN_RATIO_32;
    for (let index = 0; index < tag.length; index++) {
      const unit = tag.charCodeAt(index);
      low = mix32(Math.imul(low ^ unit, 0x01000193));
      high = mix32(Math.imul(high + unit, 0x85ebca6b) ^ low);
    }
    return new SeededRandom(low, high);
  }
}

function rotateLeft(value: number, count: number): number {
  return (value << count) | (value >>> (32 - count));
}

/** A bijection on u32 with good avalanche (two multiply-xorshift rounds). */
function mix32(value: number): number {
  let mixed = value >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
