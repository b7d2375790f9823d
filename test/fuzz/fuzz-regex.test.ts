/** A small part of the long run (`npm run fuzz:regex`), without its limits of time. */
import { expect, test } from "vitest";
import { RegexMatcher } from "#model/regex-matcher.ts";
import { Dice } from "#test/support/dice.ts";
import { dumbMatch } from "./regex/dumb-match.ts";
import { makeInput } from "./regex/make-input.ts";
import { PatternMaker } from "./regex/make-pattern.ts";
import { printPattern, repeatsTooOften } from "./regex/pattern-tree.ts";

const PATTERNS = 1000;

test("the engine's verdicts are the dumb twin's", () => {
  let matched = 0;
  let pairs = 0;
  for (let index = 0; index < PATTERNS; index++) {
    const dice = Dice.of(7, index);
    const tree = new PatternMaker(dice).next();
    const pattern = printPattern(tree);
    if (repeatsTooOften(tree)) {
      expect(() => new RegexMatcher(pattern), pattern).toThrow(/invalid repeat count/);
      continue;
    }
    const matcher = new RegexMatcher(pattern);
    const input = makeInput(dice, tree);
    const verdict = matcher.matches(input);
    if (verdict) matched++;
    pairs++;
    expect({ pattern, input, verdict }).toEqual({
      pattern,
      input,
      verdict: dumbMatch(tree, input),
    });
  }
  // As many of either kind as make the comparison worth something.
  expect(matched).toBeGreaterThan(pairs / 5);
  expect(pairs - matched).toBeGreaterThan(pairs / 5);
});

test("what would take a backtracking engine years is answered", () => {
  const input = `${"ab".repeat(20_000)}!`;
  for (const pattern of ["(a|b|ab)*c", "((a+)+b?)*c", "(.*)(.*)(.*)(.*)[^!]", "(ab?|a?b)*x"]) {
    expect(new RegexMatcher(pattern).matches(input), pattern).toBe(false);
  }
});

test("repeats multiply along one path only, up to a thousand", () => {
  expect(() => new RegexMatcher("((a{10}){10}){10}b{1000}")).not.toThrow();
  for (const pattern of ["((a{10}){10}){11}", "(a{0,501}){2}", "a{1001}", "(x{2,}){501}"]) {
    expect(() => new RegexMatcher(pattern), pattern).toThrow(/invalid repeat count/);
  }
});
