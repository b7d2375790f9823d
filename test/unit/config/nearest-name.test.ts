import { expect, test } from "vitest";
import { nearestName } from "#config/nearest-name.ts";

const KNOWN = ["listen", "headersTimeout", "bodyBytesMax"];

test.each([
  ["listen", "listen"],
  ["headers-timeout", "headersTimeout"],
  ["bodyByteMax", "bodyBytesMax"],
  ["LISTEN", "listen"],
])("%s means %s", (name, want) => {
  expect(nearestName(name, KNOWN)).toBe(want);
});

test("a far name means nothing", () => {
  expect(nearestName("retention", KNOWN)).toBeNull();
});
