/** The bytes of a cut record, in logs and series logs alike. */
import { readFileSync } from "node:fs";
import { decodeCut, encodeCut } from "#tsdb/shard-store/cut-payload.ts";
import { expect, test } from "vitest";

interface Golden {
  readonly generation: number;
  readonly seq: number;
  readonly newestMs: number;
  readonly nextRef: number;
  readonly droppedRuns: readonly number[];
  readonly bytes: readonly string[];
}

const { bytes, droppedRuns, ...rest } = JSON.parse(
  readFileSync(new URL("./cut-record.json", import.meta.url), "utf8"),
) as Golden;
const cut = { ...rest, droppedRuns: Uint32Array.from(droppedRuns) };

test("a cut has these bytes, and they say the cut", () => {
  expect(encodeCut(cut).toHex()).toBe(bytes.join(""));
  expect(decodeCut(Uint8Array.fromHex(bytes.join("")))).toEqual(cut);
  const empty = { ...cut, newestMs: -Infinity, droppedRuns: new Uint32Array(0) };
  expect(decodeCut(encodeCut(empty))).toEqual(empty);
});

test.each([0, 31, 33, 40, 56])("%i bytes are refused", (length) => {
  const whole = Uint8Array.fromHex(bytes.join(""));
  const cutOff = new Uint8Array(length);
  cutOff.set(whole.subarray(0, length));
  expect(() => decodeCut(cutOff)).toThrow(/cannot decode a cut/);
});
