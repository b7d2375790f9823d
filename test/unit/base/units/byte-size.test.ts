import { expect, test } from "vitest";
import { formatByteSize, parseByteSize } from "#base/units/byte-size.ts";

test.each([
  ["0", 0],
  ["1024", 1024],
  ["17B", 17],
  ["1KiB", 1024],
  ["1kB", 1000],
  ["1.5 GiB", 1.5 * 1024 ** 3],
  ["512MiB", 512 * 1024 ** 2],
  ["2TB", 2e12],
])("%s is %d bytes", (text, want) => {
  expect(parseByteSize(text)).toBe(want);
});

test.each(["", "12 apples", "1.5", "-1MiB", "MiB", "1PiB", "1e6", "99999999TiB"])(
  "%j is no size",
  (text) => {
    expect(parseByteSize(text)).toBeNull();
  },
);

test("sizes print in the largest unit", () => {
  expect(formatByteSize(32 * 1024 ** 2)).toBe("32MiB");
  expect(formatByteSize(1000)).toBe("1000B");
  expect(formatByteSize(1536)).toBe("1.5KiB");
});
