/**
 * Imports follow the table of `../layers.ts`: downwards only, never to a sibling, through the gates,
 * and across top folders by package imports (`#base/...`), so a `#` in a diff is a boundary.
 */
import {
  ABOVE_LAYERS,
  EXCEPTIONS,
  GATES,
  INNER_ORDERS,
  isWithin,
  layerOf,
  visibleLevels,
} from "../layers.ts";
import type { InnerOrder } from "../layers.ts";
import type { Rule, Violation } from "../rule.ts";
import type { ImportEdge, SourceFile } from "../source-tree.ts";

/** `src/tsdb/head/x.ts` -> `src/tsdb`: what a package import names. */
function topFolder(path: string): string {
  const parts = path.split("/");
  const isFileOfRoot = parts.length < 3 || parts[0] === "test" || parts[0] === "bench";
  return parts.slice(0, isFileOfRoot ? 1 : 2).join("/");
}

function specifierFault(from: string, edge: ImportEdge, to: string): string | null {
  const isRelative = edge.specifier.startsWith(".");
  // The composition root and its roles are one thing in two places.
  if (from === "cluster/main.ts" && isWithin(to, "cluster/roles")) return null;
  if (isRelative && topFolder(from) !== topFolder(to)) {
    return `imports ${to} by a relative path: import it as "#..." (see "imports" in package.json)`;
  }
  return null;
}

function levelFault(from: string, to: string): string | null {
  const importer = layerOf(from);
  const imported = layerOf(to);
  if (importer === null) return null;
  if (imported === null) return `imports ${to}, which no layer of test/tidy/layers.ts lists`;
  if (importer.folder === imported.folder) return null;
  const isException = EXCEPTIONS.some((edge) => isWithin(from, edge.from) && isWithin(to, edge.to));
  if (isException) return null;
  const there = `${to} (${imported.layer.level})`;
  const here = `${importer.folder} is ${importer.layer.level}`;
  if (importer.layer === imported.layer) {
    if (importer.layer.level === "C3") return null;
    return `imports its sibling ${there}: move the shared part to a lower level`;
  }
  if (visibleLevels(importer.layer).includes(imported.layer.level)) return null;
  if (from.startsWith("src/") && to.startsWith("cluster/")) {
    return `imports ${there}: src never imports cluster; declare a port in src, wire it in roles`;
  }
  const want = visibleLevels(importer.layer).join(", ") || "nothing";
  return `imports ${there}, but ${here} and may see: ${want}; declare a port where it is used`;
}

function gateFault(from: string, to: string): string | null {
  for (const gate of GATES) {
    if (!isWithin(to, gate.folder) || isWithin(from, gate.folder)) continue;
    if (gate.importers.some((folder) => isWithin(from, folder))) continue;
    return `imports ${to}: only ${gate.importers.join(", ")} may, because ${gate.reason}`;
  }
  return null;
}

/** Position of `path` in an inner order: -1 for loose files, null for an unlisted sub-folder. */
function innerStep(order: InnerOrder, path: string): { step: number; entry: string } | null {
  const rest = path.slice(order.folder.length + 1);
  const entry = rest.split("/")[0]!;
  const step = order.steps.findIndex((entries) => entries.includes(entry));
  if (step >= 0) return { step, entry };
  return rest.includes("/") ? null : { step: -1, entry };
}

function innerFault(from: string, to: string): string | null {
  const order = INNER_ORDERS.find(({ folder }) => isWithin(from, folder) && isWithin(to, folder));
  if (order === undefined) return null;
  const importer = innerStep(order, from);
  const imported = innerStep(order, to);
  if (importer === null || imported === null) return null;
  if (importer.step > imported.step || importer.entry === imported.entry) return null;
  if (importer.step === -1) {
    if (imported.step === -1) return null;
    return `imports ${to}: loose files of ${order.folder} lie below its folders`;
  }
  const steps = order.steps.map((entries) => entries.join(" ")).join(" < ");
  return `imports ${to} against the order inside ${order.folder}: ${steps}`;
}

function checkFile(file: SourceFile): Violation[] {
  const violations: Violation[] = [];
  const isAbove = ABOVE_LAYERS.some((folder) => isWithin(file.path, folder));
  const order = INNER_ORDERS.find(({ folder }) => isWithin(file.path, folder));
  if (!isAbove && file.path.includes("/") && layerOf(file.path) === null) {
    const message = "no layer lists this file's folder: add it to test/tidy/layers.ts";
    violations.push({ path: file.path, line: 0, message });
  }
  if (order !== undefined && innerStep(order, file.path) === null) {
    const message = `${order.folder} has no place for this folder: add it to INNER_ORDERS`;
    violations.push({ path: file.path, line: 0, message });
  }
  for (const edge of file.imports) {
    if (edge.target === null) continue;
    const { target } = edge;
    const fault = isAbove
      ? specifierFault(file.path, edge, target)
      : (specifierFault(file.path, edge, target) ??
        levelFault(file.path, target) ??
        gateFault(file.path, target) ??
        innerFault(file.path, target));
    if (fault !== null) violations.push({ path: file.path, line: edge.line, message: fault });
  }
  return violations;
}

export const layersRule: Rule = {
  name: "layers",
  check: (tree) => tree.files.flatMap(checkFile),
  canaries: [
    {
      files: { "src/model/a.ts": 'import { b } from "#storage/b.ts";' },
      want: "may see: L0",
    },
    {
      files: { "src/promql/a.ts": 'import type { B } from "#tsdb/b.ts";' },
      want: "imports its sibling src/tsdb/b.ts (L4)",
    },
    {
      files: { "src/query/a.ts": 'import { b } from "#cluster/ring/b.ts";' },
      want: "src never imports cluster",
    },
    {
      files: { "cluster/shard/a.ts": 'import { b } from "#promql/engine.ts";' },
      want: "may see: C1, C0, L3, L2, L1, L0",
    },
    {
      files: { "src/query/a.ts": 'import { b } from "#tsdb/b.ts";' },
      want: "only cluster/main.ts, cluster/roles, src/cli may",
    },
    {
      files: { "src/model/a.ts": 'import { b } from "../base/b.ts";' },
      want: "by a relative path",
    },
    {
      files: { "src/tsdb/wal/a.ts": 'import { b } from "../head/b.ts";' },
      want: "against the order inside src/tsdb",
    },
    {
      files: { "src/base/a.ts": 'export type A = import("#model/labels.ts").Labels;' },
      want: "may see: nothing",
    },
    { files: { "src/shiny/a.ts": "export const a = 1;" }, want: "no layer lists" },
    { files: { "src/tsdb/shiny/a.ts": "export const a = 1;" }, want: "no place for this folder" },
  ],
  passes: {
    "cluster/fanout/a.ts": 'import { b } from "#promql/plan/b.ts";',
    "cluster/main.ts": 'import { b } from "./roles/b.ts"; import { c } from "#tsdb/tsdb.ts";',
    "src/storage/a.ts": 'import { b } from "#base/b.ts"; import { c } from "./c.ts";',
    "src/tsdb/head/a.ts": 'import { b } from "../wal/b.ts"; import { c } from "../tsdb-errors.ts";',
    "test/unit/a.test.ts": 'import { b } from "#tsdb/tsdb.ts"; import { c } from "../d/c.ts";',
  },
};
