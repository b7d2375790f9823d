import { expect, test } from "vitest";
import { compileReplace } from "#model/regex-replace.ts";

test.each([
  ["(.*)", "$1", "x", "x"],
  ["(.*)-(.*)", "$2/${1}", "a-b", "b/a"],
  ["(?P<word>.+)!", "$word$word", "hi!", "hihi"],
  ["(a)(b)?", "$1$2$3", "a", "a"],
  [".*", "$$", "x", "$"],
  [".*", "cost: 5$", "x", "cost: 5$"],
  ["(.*)", "$1x", "v", ""],
  ["(.*)", "${1}x", "v", "vx"],
  ["a.b", "ok", "a\nb", "ok"],
])("%s with %s on %j", (pattern, template, value, result) => {
  expect(compileReplace(pattern, template)(value)).toBe(result);
});

test("no replacement without a match of the whole value", () => {
  expect(compileReplace("a", "b")("aa")).toBeNull();
});

test("a bad pattern is refused", () => {
  expect(() => compileReplace("(", "")).toThrow(/error parsing regexp/);
});
