import { expect, test } from "vitest";
import { type ItemForm, splitItems } from "#storage/split-items.ts";

/** A head of one byte says how many follow. */
const FORM: ItemForm<number[]> = {
  one: "thing",
  many: "things",
  headBytes: 1,
  bodyBytes: (view, at) => view.getUint8(at),
  item: (bytes) => [...bytes],
};

/** Item of `length` bytes behind the head, padded. */
function item(length: number): number[] {
  return [length, ...Array.from({ length: Math.ceil((length + 1) / 8) * 8 - 1 }, () => length)];
}

test("items come apart where their heads say, padding included", () => {
  const bytes = Uint8Array.from([...item(3), ...item(9)]);
  expect(splitItems(bytes, 2, FORM)).toEqual([item(3), item(9)]);
  expect(splitItems(new Uint8Array(0), 0, FORM)).toEqual([]);
});

test.each([
  [item(3), 2, "ends inside thing 1"],
  [item(20).slice(0, 16), 1, "thing 0 claims 24 bytes"],
  [[...item(3), ...item(4)], 1, "8 bytes follow 1"],
])("%o as %i items is refused", (bytes, count, cause) => {
  expect(() => splitItems(Uint8Array.from(bytes), count, FORM)).toThrow(
    expect.objectContaining({
      code: "storage.corruption",
      message: `cannot decode things: ${cause}`,
    }),
  );
});
