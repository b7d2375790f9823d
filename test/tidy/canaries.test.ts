/** Every rule still sees: its canaries fail, each for the reason it was written, and only once. */
import { describe, expect, test } from "vitest";
import { ALL_RULES } from "./rules/all-rules.ts";
import { treeFromTexts } from "./source-tree.ts";

describe.for(ALL_RULES)("$name", (rule) => {
  test("has canaries", () => {
    expect(rule.canaries.length).toBeGreaterThan(0);
  });

  test.for(rule.canaries)("canary: $want", ({ files, want }) => {
    const messages = rule.check(treeFromTexts(files)).map((violation) => violation.message);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(want);
  });

  test("passes what is right at the edge", () => {
    expect(rule.check(treeFromTexts(rule.passes))).toEqual([]);
  });
});
