/** `npm run fuzz:decoders` in small: every decoder on some mutated inputs. */
import { expect, test } from "vitest";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { blockTargets } from "./decoders/block-targets.ts";
import { bodyTargets } from "./decoders/body-targets.ts";
import { ByteMutator, MUTATION_NAMES } from "./decoders/byte-mutator.ts";
import { runDecoderCampaign } from "./decoders/decoder-campaign.ts";
import type { DecoderTarget } from "./decoders/decoder-target.ts";
import { logTargets } from "./decoders/log-targets.ts";
import { textTargets } from "./decoders/text-targets.ts";

const options = { seed: 4, count: 3000, only: "", progress: (): void => {} };

test("no decoder breaks on mutated inputs", () => {
  const targets = [...bodyTargets(), ...logTargets(), ...blockTargets(), ...textTargets()];
  const { lines, faults } = runDecoderCampaign(targets, options);
  expect(faults).toEqual([]);
  expect(lines).toHaveLength(targets.length + 1);
  expect(targets.length).toBeGreaterThan(35);
});

test("a decoder that breaks is named with its input, one that refuses valid input too", () => {
  const target = (run: DecoderTarget["run"]): DecoderTarget => {
    return { name: "broken", share: 1, valid: [Uint8Array.of(1, 2, 3)], run };
  };
  const breaking = target((bytes) => new DataView(bytes.buffer).getUint32(0));
  const broken = runDecoderCampaign([breaking], options);
  expect(broken.faults).toHaveLength(3);
  expect(broken.faults[0]).toMatch(
    /^broken: seed 4, execution \d+, \d bytes [0-9a-f]*: RangeError/,
  );
  const refusing = runDecoderCampaign([target(() => false)], options);
  expect(refusing.faults[0]).toMatch(/ 3 bytes 010203: refused: it is none$/);
});

test("the same seed gives the same inputs, of every mutation", () => {
  const valid = [Uint8Array.from({ length: 20 }, (_, i) => i)];
  const draw = (): [number, string][] => {
    const mutator = new ByteMutator(new SeededRandom(9), valid);
    return Array.from({ length: 200 }, () => {
      const bytes = mutator.next();
      return [mutator.mutation, bytes.toHex()];
    });
  };
  const inputs = draw();
  expect(draw()).toEqual(inputs);
  expect(new Set(inputs.map(([mutation]) => mutation)).size).toBe(MUTATION_NAMES.length);
  expect(new Set(inputs.map(([, hex]) => hex)).size).toBeGreaterThan(120);
});
