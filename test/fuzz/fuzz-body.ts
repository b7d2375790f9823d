/** One request body of a fuzz run, and what a class of mutations is. */
import { zstdCompressSync } from "node:zlib";
import snappy from "snappy";
import type { Dice } from "#test/support/dice.ts";
import type { ValidBodies } from "./valid-bodies.ts";

export interface FuzzBody {
  readonly mutation: string;
  /** Value of Content-Encoding; empty: the header is left out. */
  readonly encoding: string;
  readonly bytes: Uint8Array;
}

export interface Mutation {
  readonly name: string;
  /** A body with the mutation in it. */
  readonly make: (dice: Dice, valid: ValidBodies) => Omit<FuzzBody, "mutation">;
}

const MESSAGE_2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

/** The headers that a sender of the body sets. */
export function headersOf({ mutation, encoding }: FuzzBody): Record<string, string> {
  const type = mutation.startsWith("symbols") ? MESSAGE_2 : "application/x-protobuf";
  return { "content-type": type, ...(encoding !== "" && { "content-encoding": encoding }) };
}

export function snappyBytes(raw: Uint8Array): Uint8Array {
  return snappy.compressSync(Buffer.from(raw)) as Uint8Array;
}

export function zstdBytes(raw: Uint8Array): Uint8Array {
  return new Uint8Array(zstdCompressSync(raw));
}

/** Compressed as most senders do, or as vmagent does. */
export function compressed(dice: Dice, raw: Uint8Array): Omit<FuzzBody, "mutation"> {
  if (dice.chance(0.2)) return { encoding: "zstd", bytes: zstdBytes(raw) };
  return { encoding: "snappy", bytes: snappyBytes(raw) };
}
