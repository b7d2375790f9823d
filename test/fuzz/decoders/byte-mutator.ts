/**
 * Mutates valid inputs without knowing what they mean: flips, numbers that decoders trip over, cuts,
 * insertions, pieces moved and mixed, noise. Cheap, because a campaign draws hundreds of millions.
 * Each input is an array of its own, so it begins on a multiple of eight bytes.
 */
import type { Random } from "#runtime/ports/random.ts";

export const MUTATION_NAMES: readonly string[] = [
  "valid",
  "flips",
  "byte",
  "word",
  "cut",
  "insertion",
  "removal",
  "moved",
  "mixed",
  "noise",
];

const FLIPS_MAX = 4;
const INSERTED_BYTES_MAX = 16;
const NOISE_BYTES_MAX = 96;
const BYTES = [0, 1, 0x7f, 0x80, 0xff, 0x22, 0x5c, 0x0a] as const;
const WORDS = [0, 1, 0x7f, 0x80, 0xff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0xffff_fff8] as const;

type Bytes = Uint8Array<ArrayBuffer>;

export class ByteMutator {
  readonly #random: Random;
  readonly #valid: readonly Uint8Array[];
  /** Index of the mutation that made the last input. */
  mutation = 0;

  constructor(random: Random, valid: readonly Uint8Array[]) {
    this.#random = random;
    // Copies: what is given may be a view of something larger, as Buffers are.
    this.#valid = valid.map((one) => Uint8Array.from(one));
  }

  next(): Bytes {
    this.mutation = this.#below(MUTATION_NAMES.length);
    const whole = this.#valid[this.#below(this.#valid.length)]!;
    // An empty input has nothing to change.
    if (whole.length === 0 && this.mutation > 0) return this.#noise();
    switch (MUTATION_NAMES[this.mutation]) {
      case "flips":
        return this.#flips(whole);
      case "byte":
        return this.#byte(whole);
      case "word":
        return this.#word(whole);
      case "cut":
        return whole.slice(0, this.#below(whole.length));
      case "insertion":
        return this.#insertion(whole);
      case "removal":
        return this.#removal(whole);
      case "moved":
        return this.#moved(whole);
      case "mixed":
        return this.#mixed(whole);
      case "noise":
        return this.#noise();
      default:
        return whole.slice();
    }
  }

  #below(count: number): number {
    return Math.floor((this.#random.u32() / 2 ** 32) * count);
  }

  #flips(whole: Uint8Array): Bytes {
    const bytes = whole.slice();
    for (let left = 1 + this.#below(FLIPS_MAX); left > 0; left--) {
      bytes[this.#below(bytes.length)]! ^= 1 << this.#below(8);
    }
    return bytes;
  }

  #byte(whole: Uint8Array): Bytes {
    const bytes = whole.slice();
    bytes[this.#below(bytes.length)] = BYTES[this.#below(BYTES.length)]!;
    return bytes;
  }

  /** A number of four bytes: any, one of the usual traps, or a little beside a length. */
  #word(whole: Uint8Array): Bytes {
    const bytes = whole.slice();
    if (bytes.length < 4) return bytes;
    const at = this.#below(bytes.length - 3);
    const kind = this.#below(3);
    let word = this.#random.u32();
    if (kind === 1) word = WORDS[this.#below(WORDS.length)]!;
    if (kind === 2) word = Math.max(0, whole.length - 8 + this.#below(16));
    for (let i = 0; i < 4; i++) bytes[at + i] = word >>> (8 * i);
    return bytes;
  }

  #insertion(whole: Uint8Array): Bytes {
    const at = this.#below(whole.length + 1);
    const count = 1 + this.#below(INSERTED_BYTES_MAX);
    const bytes = new Uint8Array(whole.length + count);
    bytes.set(whole.subarray(0, at));
    for (let i = 0; i < count; i++) bytes[at + i] = this.#random.u32();
    bytes.set(whole.subarray(at), at + count);
    return bytes;
  }

  #removal(whole: Uint8Array): Bytes {
    const from = this.#below(whole.length);
    const to = from + 1 + this.#below(Math.min(INSERTED_BYTES_MAX, whole.length - from));
    const bytes = new Uint8Array(whole.length - (to - from));
    bytes.set(whole.subarray(0, from));
    bytes.set(whole.subarray(to), from);
    return bytes;
  }

  #moved(whole: Uint8Array): Bytes {
    const bytes = whole.slice();
    const from = this.#below(bytes.length);
    const to = from + this.#below(bytes.length - from);
    bytes.copyWithin(this.#below(bytes.length), from, to);
    return bytes;
  }

  /** The beginning of one input and the end of another. */
  #mixed(whole: Uint8Array): Bytes {
    const other = this.#valid[this.#below(this.#valid.length)]!;
    const head = whole.subarray(0, this.#below(whole.length + 1));
    const tail = other.subarray(this.#below(other.length + 1));
    const bytes = new Uint8Array(head.length + tail.length);
    bytes.set(head);
    bytes.set(tail, head.length);
    return bytes;
  }

  #noise(): Bytes {
    const bytes = new Uint8Array(this.#below(NOISE_BYTES_MAX));
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.#random.u32();
    return bytes;
  }
}
