/** The bodies of a run: every class of mutations in turn, body `index` a function of the seed. */
import { Dice } from "#test/support/dice.ts";
import type { FuzzBody, Mutation } from "./fuzz-body.ts";
import { BULK } from "./mutations/bulk-mutations.ts";
import {
  COMPRESSED_BITS,
  COMPRESSED_CUT,
  SNAPPY_LENGTH,
} from "./mutations/compressed-mutations.ts";
import { DECODED_BITS, DECODED_CUT, SPLICED } from "./mutations/decoded-mutations.ts";
import { CONTENT_ENCODING, GARBAGE } from "./mutations/encoding-mutations.ts";
import { LABELS } from "./mutations/label-mutations.ts";
import { NESTING } from "./mutations/nesting-mutations.ts";
import { FIELD_ORDER } from "./mutations/order-mutations.ts";
import { SYMBOLS } from "./mutations/symbol-mutations.ts";
import { VARINTS } from "./mutations/varint-mutations.ts";
import { ZSTD_FRAMES } from "./mutations/zstd-mutations.ts";
import { ValidBodies } from "./valid-bodies.ts";

export const MUTATIONS: readonly Mutation[] = [
  COMPRESSED_BITS,
  COMPRESSED_CUT,
  SNAPPY_LENGTH,
  DECODED_CUT,
  DECODED_BITS,
  SPLICED,
  VARINTS,
  NESTING,
  LABELS,
  FIELD_ORDER,
  CONTENT_ENCODING,
  GARBAGE,
  ZSTD_FRAMES,
  BULK,
  SYMBOLS,
];

export class BodyMaker {
  readonly #seed: number;
  readonly #valid: ValidBodies;

  constructor(seed: number, baseMs: number) {
    this.#seed = seed;
    this.#valid = new ValidBodies(baseMs);
  }

  body(index: number): FuzzBody {
    const mutation = MUTATIONS[index % MUTATIONS.length]!;
    const dice = Dice.of(this.#seed, index);
    return { mutation: mutation.name, ...mutation.make(dice, this.#valid) };
  }
}
