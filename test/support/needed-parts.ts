/**
 * Which system parts the system tests name: the literals in their calls of `requirePart`, followed
 * through the support files they import. So a machine gets only what some test really uses.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSource } from "#test/tidy/source-tree.ts";
import { isPartName } from "./system-parts.ts";
import type { PartName } from "./system-parts.ts";

const CALL = /\b(?:requirePart|findPart)\(\s*"([^"]+)"/g;

/** Reads the tests at `testPaths` (relative to `root`) and what they import below `test`. */
export function neededParts(root: string, testPaths: readonly string[]): PartName[] {
  const parts = new Set<PartName>();
  const seen = new Set<string>();
  const pending = [...testPaths];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const text = readFileSync(join(root, path), "utf8");
    for (const [, name] of text.matchAll(CALL)) {
      if (!isPartName(name!))
        throw new Error(`cannot place part "${name}" of ${path}: no such part`);
      parts.add(name);
    }
    for (const edge of parseSource(path, text).imports) {
      if (edge.isRuntime && edge.target?.startsWith("test/") === true) pending.push(edge.target);
    }
  }
  return [...parts].sort();
}
