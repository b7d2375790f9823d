/** `npm run campaign:flips` in small: some bits of every kind of file. */
import { expect, test } from "vitest";
import { runFlips } from "./campaigns/flips.ts";
import type { FlipTarget } from "./flips/flip-target.ts";
import { FLIP_TARGETS } from "./flips/flip-targets.ts";

test("a flipped bit of any file is named or changes no answer", async () => {
  const { lines, faults } = await runFlips({ seed: 7, count: 1600, progress: () => {} });
  expect(faults).toEqual([]);
  expect(lines).toHaveLength(FLIP_TARGETS.length + 1);
  expect(lines.at(-1)).toContain("flips: seed 7, 1600 bits of 8 kinds of files");
});

test("a reader that takes any byte is caught", async () => {
  const credulous: FlipTarget = {
    name: "credulous",
    share: 1,
    make: async () => ({
      snapshot: new Map([["file", Uint8Array.of(1, 2)]]),
      judge: async (changed) => {
        const [first] = changed.get("file")!;
        return first === 1 ? "right" : { fault: `got ${first}` };
      },
    }),
  };
  const { lines, faults } = await runFlips({ seed: 1, count: 20, progress: () => {} }, [credulous]);
  expect(faults).toHaveLength(5);
  expect(faults[0]).toMatch(/^credulous, seed 1, file byte 0 bit \d: got \d+$/);
  expect(lines.at(-1)).toMatch(/, 5 faults$/);
});
