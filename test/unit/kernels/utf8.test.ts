/** UTF-8 validity in both kernels, over every pair of first bytes. */
import { expect, test } from "vitest";
import { bothKernels } from "./both-kernels.ts";

const TAILS = ["", "80", "8080", "bfbf", "8041", "4180"].map((hex) => Uint8Array.fromHex(hex));

test("every first and second byte, with tails of every kind", () => {
  const [wasm, twin] = bothKernels();
  const at = wasm!.memory.allocate("text", 16).offset;
  const twinAt = twin!.memory.allocate("text", 16).offset;
  const disagreements: string[] = [];
  let valid = 0;
  for (const tail of TAILS) {
    for (let word = 0; word < 65_536; word++) {
      const bytes = Uint8Array.of(word >> 8, word & 255, ...tail);
      wasm!.memory.views().u8.set(bytes, at);
      twin!.memory.views().u8.set(bytes, twinAt);
      const isValid = wasm!.calls.isUtf8(at, bytes.length);
      if (isValid) valid++;
      if (twin!.calls.isUtf8(twinAt, bytes.length) !== isValid) disagreements.push(bytes.toHex());
    }
  }
  expect(disagreements).toEqual([]);
  expect(valid).toBeGreaterThan(16_384);
});
