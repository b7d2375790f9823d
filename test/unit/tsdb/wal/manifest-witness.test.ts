import { expect, test } from "vitest";
import { epoch } from "#model/refs.ts";
import { decodeWitnesses, encodeWitnesses } from "#tsdb/wal/manifest-witness.ts";

test("versions of many shards come back", () => {
  const witnesses = new Map([
    [0, { epoch: epoch(1), version: 1 }],
    [32_767, { epoch: epoch(0xffff_ffff), version: 2 ** 53 - 1 }],
  ]);
  const bytes = encodeWitnesses(witnesses);
  expect(bytes.length).toBe(32);
  expect(decodeWitnesses(bytes, 2)).toEqual(witnesses);
  expect(decodeWitnesses(encodeWitnesses(new Map()), 0)).toEqual(new Map());
  expect(() => decodeWitnesses(bytes, 3)).toThrow("got 32 bytes for 3 shards");
});
