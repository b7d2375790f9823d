/**
 * The node's source of randomness: the simulator's generator, seeded once by the system. For jitter,
 * ids that need not be secret, and tie-breaks; keys and tokens come from `node:crypto` directly.
 */
import { randomBytes } from "node:crypto";
import type { Random } from "../ports/random.ts";
import { SeededRandom } from "../seeded-random.ts";

export function createNodeRandom(): Random {
  const seed = randomBytes(8);
  return new SeededRandom(seed.readUInt32LE(0), seed.readUInt32LE(4));
}
