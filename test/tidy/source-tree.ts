/**
 * What the tidy rules look at: every file of the project, parsed once. A tree is either read from
 * disk or made from a table of texts (the canaries), so a rule cannot tell the difference.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, posix, relative } from "node:path";
import { parseSync } from "oxc-parser";

/** Any ESTree node; rules look at `type` and the fields they name. */
export interface AstNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export interface Comment {
  readonly text: string;
  readonly line: number;
  readonly lineCount: number;
  readonly start: number;
  readonly isBlock: boolean;
}

export interface ImportEdge {
  readonly specifier: string;
  /** Path in the project, or null for a package or a `node:` module. */
  readonly target: string | null;
  readonly line: number;
  /** False when the import vanishes with the types (`import type`, `export type`). */
  readonly isRuntime: boolean;
  /** True for `export ... from`. */
  readonly isReexport: boolean;
}

export interface ExportedName {
  readonly name: string;
  readonly isType: boolean;
  readonly line: number;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly lineCount: number;
  readonly program: AstNode;
  readonly comments: readonly Comment[];
  readonly imports: readonly ImportEdge[];
  readonly exports: readonly ExportedName[];
  lineAt(offset: number): number;
}

export interface SourceTree {
  /** TypeScript and plain JavaScript that Node.js runs, generated code excluded. */
  readonly files: readonly SourceFile[];
  /** Every path of the project, sorted, source files included. */
  readonly paths: readonly string[];
  has(path: string): boolean;
  /** Text of any file; asserts that it exists. */
  read(path: string): string;
}

const IMPORT_ALIASES: readonly (readonly [prefix: string, folder: string])[] = [
  ["#cluster/", "cluster/"],
  ["#proto/", "proto/gen/"],
  ["#test/", "test/"],
  ["#bench/", "bench/"],
  ["#", "src/"],
];

/** Generated code and the AssemblyScript kernels follow the rules of their own tools. */
const NOT_SOURCE = ["proto/gen/", "src/kernels/wasm/", "src/web/assets/"];

function isSource(path: string): boolean {
  return /\.(ts|mjs)$/.test(path) && !NOT_SOURCE.some((folder) => path.startsWith(folder));
}

function resolveSpecifier(specifier: string, from: string): string | null {
  if (specifier.startsWith(".")) return posix.normalize(posix.join(posix.dirname(from), specifier));
  const alias = IMPORT_ALIASES.find(([prefix]) => specifier.startsWith(prefix));
  return alias === undefined ? null : alias[1] + specifier.slice(alias[0].length);
}

function lineTable(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

/** Calls `visit` for every node below `root`, parents first. */
export function walk(root: unknown, visit: (node: AstNode) => void): void {
  if (Array.isArray(root)) {
    for (const item of root) walk(item, visit);
    return;
  }
  if (typeof root !== "object" || root === null) return;
  if ("type" in root && typeof root.type === "string") visit(root as AstNode);
  for (const value of Object.values(root)) {
    if (typeof value === "object") walk(value, visit);
  }
}

function literalValue(node: unknown): string | null {
  if (typeof node !== "object" || node === null || !("value" in node)) return null;
  return typeof node.value === "string" ? node.value : null;
}

function importEdges(
  program: AstNode,
  path: string,
  lineAt: (offset: number) => number,
): ImportEdge[] {
  const edges: ImportEdge[] = [];
  const add = (node: AstNode, source: unknown, isRuntime: boolean, isReexport: boolean): void => {
    const specifier = literalValue(source);
    if (specifier === null) return;
    const target = resolveSpecifier(specifier, path);
    edges.push({ specifier, target, line: lineAt(node.start), isRuntime, isReexport });
  };
  walk(program, (node) => {
    if (node.type === "ImportDeclaration") {
      add(node, node["source"], node["importKind"] !== "type", false);
    } else if (node.type === "ExportNamedDeclaration" || node.type === "ExportAllDeclaration") {
      add(node, node["source"], node["exportKind"] !== "type", true);
    } else if (node.type === "ImportExpression") {
      add(node, node["source"], true, false);
    } else if (node.type === "TSImportType") {
      add(node, node["source"] ?? node["argument"], false, false);
    }
  });
  return edges;
}

export function parseSource(path: string, text: string): SourceFile {
  const result = parseSync(path, text);
  const failure = result.errors[0];
  if (failure !== undefined) throw new Error(`cannot parse ${path}: ${failure.message}`);
  const lineAt = lineTable(text);
  const program = result.program as unknown as AstNode;
  const exported: ExportedName[] = result.module.staticExports.flatMap((statement) =>
    statement.entries.map((entry) => ({
      name: entry.exportName.name ?? (entry.exportName.kind === "Default" ? "default" : "*"),
      isType: entry.isType,
      line: lineAt(entry.start),
    })),
  );
  return {
    path,
    text,
    lineCount: text.endsWith("\n") ? lineAt(text.length) - 1 : lineAt(text.length),
    program,
    comments: result.comments.map((comment) => ({
      text: comment.value,
      line: lineAt(comment.start),
      lineCount: lineAt(comment.end) - lineAt(comment.start) + 1,
      start: comment.start,
      isBlock: comment.type === "Block",
    })),
    imports: importEdges(program, path, lineAt),
    exports: exported,
    lineAt,
  };
}

/** A tree from texts by path; used by the canaries. */
export function treeFromTexts(texts: Readonly<Record<string, string>>): SourceTree {
  const paths = Object.keys(texts).sort();
  const read = (path: string): string => {
    const text = texts[path];
    if (text === undefined) throw new Error(`cannot read ${path}: no such file in the tree`);
    return text;
  };
  return {
    paths,
    files: paths.filter(isSource).map((path) => parseSource(path, read(path))),
    has: (path) => texts[path] !== undefined,
    read,
  };
}

/** Root entries that hold project files; anything else at the root is data or made by tools. */
const ROOT_FOLDERS = [".ci", "bench", "cluster", "deploy", "proto", "src", "test"];

/** The files of the clone at `root`. */
export function treeFromDisk(root: string): SourceTree {
  const paths = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
  for (const folder of ROOT_FOLDERS) {
    if (!existsSync(join(root, folder))) continue;
    const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      if (entry.isFile()) paths.push(relative(root, join(entry.parentPath, entry.name)));
    }
  }
  paths.sort();
  const known = new Set(paths);
  const read = (path: string): string => readFileSync(join(root, path), "utf8");
  return {
    paths,
    files: paths.filter(isSource).map((path) => parseSource(path, read(path))),
    has: (path) => known.has(path),
    read,
  };
}
