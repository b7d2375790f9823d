/** Zstandard frames with lying sizes, wide windows, several frames, and bombs. */
import type { Dice } from "#test/support/dice.ts";
import { zstdBytes, type Mutation } from "../fuzz-body.ts";
import { encodeRequest } from "../request-tree.ts";
import { concat } from "../wire.ts";
import { reframed, rleFrame, skippableFrame } from "../zstd-frame.ts";

const MIB = 1024 * 1024;

export const ZSTD_FRAMES: Mutation = {
  name: "zstd-frames",
  make(dice, valid) {
    const raw = encodeRequest(valid.next(dice));
    const frame = zstdBytes(raw);
    return { encoding: "zstd", bytes: dice.pick(FORMS)(dice, frame, raw) };
  },
};

type Form = (dice: Dice, frame: Uint8Array, raw: Uint8Array) => Uint8Array;

const FORMS: readonly Form[] = [
  // No size, as a streaming encoder writes it, with a usual window and with one of 128 MiB and 2 GiB.
  (_, frame) => reframed(frame, null, 21),
  (dice, frame) => reframed(frame, null, dice.pick([10, 23, 25, 26, 27, 31, 41])),
  (dice, frame, raw) => reframed(frame, BigInt(raw.length + dice.pick([-1, 1, -7, 1000])), 0),
  (_, frame, raw) => reframed(frame, BigInt(raw.length), 0),
  (dice, frame) => reframed(frame, dice.pick(SIZES), 0),
  (dice) => rleFrame(dice.pick([0x00, 0x0a, 0x12]), bombBytes(dice), null),
  (dice) => {
    const total = bombBytes(dice);
    return rleFrame(dice.pick([0x00, 0x0a, 0x12]), total, BigInt(total));
  },
  // Announces little, gives much; announces much, gives little.
  (dice) => rleFrame(0x12, bombBytes(dice), BigInt(dice.scaled(1, 1000))),
  (dice, frame) => concat([frame, dice.chance(0.5) ? frame : zstdBytes(dice.bytes(10))]),
  (dice, frame) => concat([skippableFrame(dice.bytes(dice.below(20))), frame]),
  (dice, frame) => concat([frame, dice.bytes(dice.between(1, 9))]),
];

const SIZES = [
  0n,
  1n,
  2n ** 25n,
  2n ** 25n + 1n,
  2n ** 32n,
  2n ** 63n,
  2n ** 64n - 1n,
  2n ** 64n - 2n,
];

/** Mostly small, because big ones cost the test more than the server; some over any limit. */
function bombBytes(dice: Dice): number {
  return dice.chance(0.03) ? dice.pick([31, 33, 63, 65, 300]) * MIB : dice.scaled(1000, MIB);
}
