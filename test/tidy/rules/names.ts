/**
 * Names say what a thing is. Words that fit anything are banned in file, folder and declared names,
 * and a file is named after what it exports: one concept per file, no default exports, no barrels.
 */
import { posix } from "node:path";
import type { Rule, Violation } from "../rule.ts";
import { walk } from "../source-tree.ts";
import type { SourceFile, SourceTree } from "../source-tree.ts";

const BANNED_WORDS = new Map([
  ["util", "name the thing it works on"],
  ["utils", "name the thing it works on"],
  ["helper", "name what it does"],
  ["helpers", "name what it does"],
  ["manager", "say which: supervisor, driver, planner, registry, pool"],
  ["misc", "split it by concept"],
]);

/** `fooBarURL` and `foo-bar` -> words in lower case. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

function wordFault(name: string): string | null {
  for (const word of wordsOf(name)) {
    const remedy = BANNED_WORDS.get(word);
    if (remedy !== undefined) return `"${word}" in the name ${name} fits anything: ${remedy}`;
  }
  return null;
}

const DECLARATIONS = new Set([
  "FunctionDeclaration",
  "ClassDeclaration",
  "VariableDeclarator",
  "TSInterfaceDeclaration",
  "TSTypeAliasDeclaration",
]);

function declaredNameViolations(file: SourceFile): Violation[] {
  const violations: Violation[] = [];
  walk(file.program, (node) => {
    if (!DECLARATIONS.has(node.type)) return;
    const id = node["id"] as { name?: unknown } | null;
    if (typeof id?.name !== "string") return;
    const message = wordFault(id.name);
    if (message !== null) {
      violations.push({ path: file.path, line: file.lineAt(node.start), message });
    }
  });
  return violations;
}

function pathViolations(tree: SourceTree): Violation[] {
  return tree.paths.flatMap((path) => {
    const message = wordFault(path);
    return message === null ? [] : [{ path, line: 0, message }];
  });
}

export const bannedWordsRule: Rule = {
  name: "banned-words",
  check: (tree) => [...pathViolations(tree), ...tree.files.flatMap(declaredNameViolations)],
  canaries: [
    { files: { "src/base/string-utils.ts": "" }, want: '"utils" in the name' },
    { files: { "src/base/helpers/a.ts": "" }, want: '"helpers" in the name' },
    { files: { "src/base/a.ts": "export class ShardManager {}" }, want: "supervisor" },
  ],
  passes: { "src/base/utilization.ts": "export const manage = 1;" },
};

/** `staleness` and `STALE_NAN`, `matches` and `matcher` speak of the same thing. */
const COMMON_PREFIX = 4;

function areRelated(a: string, b: string): boolean {
  return (
    a === b ||
    (a.length >= COMMON_PREFIX && a.slice(0, COMMON_PREFIX) === b.slice(0, COMMON_PREFIX))
  );
}

/** True when an export shares a word with the file name. */
function isNamedAfter(stem: string, name: string): boolean {
  const nameWords = wordsOf(name);
  return wordsOf(stem).some((word) => nameWords.some((other) => areRelated(word, other)));
}

/** Tables: one per layer or module, named after the layer. */
const TABLE_FILE = /(^|-)(errors|options|refs|flags|limits|codes|findings)$/;

/** More exported functions and classes than this are several concepts in one file. */
const EXPORTED_CODE_MAX = 12;

function names(file: SourceFile): string[] {
  return file.exports.map(({ name }) => name);
}

function conceptViolations(file: SourceFile): Violation[] {
  if (!/^(src|cluster)\/.*\.ts$/.test(file.path) || file.path === "cluster/main.ts") return [];
  const violations: Violation[] = [];
  for (const edge of file.imports.filter(({ isReexport }) => isReexport)) {
    const message = `re-exports ${edge.specifier}: importers name the file that owns it`;
    violations.push({ path: file.path, line: edge.line, message });
  }
  const stem = posix.basename(file.path).replace(/\.ts$/, "");
  const code = file.exports.filter(({ name, isType }) => !isType && name !== name.toUpperCase());
  if (TABLE_FILE.test(stem)) return violations;
  const [only] = code;
  if (only !== undefined && code.length === 1 && !names(file).some((n) => isNamedAfter(stem, n))) {
    const message = `exports ${only.name} only, which ${stem} does not say: name the file after it`;
    violations.push({ path: file.path, line: 0, message });
  }
  if (code.length > EXPORTED_CODE_MAX) {
    const message = `exports ${code.length} values, want <= ${EXPORTED_CODE_MAX}: one concept per file`;
    violations.push({ path: file.path, line: 0, message });
  }
  return violations;
}

const manyExports = Array.from(
  { length: 13 },
  (_, i) => `export const value${String.fromCharCode(65 + i)} = ${i};`,
).join("");

export const oneConceptRule: Rule = {
  name: "one-concept",
  check: (tree) => tree.files.flatMap(conceptViolations),
  canaries: [
    {
      files: { "src/base/ring.ts": "export function parseDuration(): void {}" },
      want: "which ring does not say",
    },
    {
      files: { "src/base/ring.ts": 'export { Ring } from "./ring-buffer.ts";' },
      want: "re-exports ./ring-buffer.ts",
    },
    { files: { "src/base/value.ts": manyExports }, want: "exports 13 values" },
  ],
  passes: {
    "src/base/append-batch.ts": "export interface AppendBatch { readonly a: 1 }",
    "src/model/refs.ts": "export type SeriesRef = number;",
    "src/model/labels.ts": "export function compareLabels(): void {}",
  },
};
