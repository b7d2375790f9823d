/** The project obeys its own rules. Each failure says what was found and what to do instead. */
import { expect, test } from "vitest";
import { printViolations } from "./rule.ts";
import { ALL_RULES } from "./rules/all-rules.ts";
import { treeFromDisk } from "./source-tree.ts";

const tree = treeFromDisk(new URL("../..", import.meta.url).pathname);

// Guards against a reader that finds nothing and so passes everything.
test("the tree is read", () => {
  expect(tree.files.length).toBeGreaterThan(20);
  expect(tree.files.some((file) => file.imports.length > 0)).toBe(true);
});

test.for(ALL_RULES.map((rule) => rule.name))("%s", (name) => {
  const rule = ALL_RULES.find((candidate) => candidate.name === name);
  const violations = rule === undefined ? [] : rule.check(tree);
  expect.soft(violations.length, `${name}\n${printViolations(name, violations)}\n`).toBe(0);
});
