/**
 * No runtime import cycles: a module must be readable, testable and loadable after the modules it
 * imports and before those that import it. Type-only imports vanish and may form cycles.
 */
import type { Rule, Violation } from "../rule.ts";
import type { SourceFile, SourceTree } from "../source-tree.ts";

function runtimeTargets(file: SourceFile): string[] {
  return file.imports.flatMap((edge) =>
    edge.isRuntime && edge.target !== null ? [edge.target] : [],
  );
}

function findCycles(tree: SourceTree): Violation[] {
  const files = new Map(tree.files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const stack: string[] = [];
  const violations: Violation[] = [];
  const visit = (path: string): void => {
    const file = files.get(path);
    if (file === undefined || done.has(path)) return;
    const from = stack.indexOf(path);
    if (from >= 0) {
      const cycle = [...stack.slice(from), path].join(" -> ");
      const message = `runtime import cycle ${cycle}: move the shared part to a file of its own`;
      violations.push({ path, line: 0, message });
      return;
    }
    stack.push(path);
    for (const target of runtimeTargets(file)) visit(target);
    stack.pop();
    done.add(path);
  };
  for (const path of files.keys()) visit(path);
  return violations;
}

export const cyclesRule: Rule = {
  name: "cycles",
  check: findCycles,
  canaries: [
    {
      files: {
        "src/base/a.ts": 'import { b } from "./b.ts"; export const a = b;',
        "src/base/b.ts": 'import { c } from "./c.ts"; export const b = c;',
        "src/base/c.ts": 'import { a } from "#base/a.ts"; export const c = () => a;',
      },
      want: "src/base/a.ts -> src/base/b.ts -> src/base/c.ts -> src/base/a.ts",
    },
    {
      // Type stripping keeps this import, though it names a type only.
      files: {
        "src/base/a.ts": 'import { type B } from "./b.ts"; export const a = 1;',
        "src/base/b.ts": 'import { a } from "./a.ts"; export type B = typeof a;',
      },
      want: "runtime import cycle",
    },
  ],
  passes: {
    "src/base/a.ts": 'import type { B } from "./b.ts"; export const a = 1;',
    "src/base/b.ts": 'import { a } from "./a.ts"; export type B = typeof a;',
  },
};
