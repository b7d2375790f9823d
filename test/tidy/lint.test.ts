/**
 * Canaries of `oxlint.json`: a small project with one fault of each kind must be reported, in the
 * folders where the rule holds and only there. A linter that finds nothing passes everything.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = new URL("../..", import.meta.url).pathname;

const impure = [
  'import { readFileSync } from "node:fs";',
  "export const read = readFileSync;",
  "export const now = (): number => Date.now() + performance.now() + Math.random();",
  "export const wait = (f: () => void): unknown => setTimeout(f, 1);",
].join("\n");

const FILES: Readonly<Record<string, string>> = {
  "src/base/impure.ts": impure,
  "src/runtime/node/impure.ts": impure,
  "src/http/impure.ts": impure,
  "cluster/rpc/impure.ts": impure,
  "cluster/shard/impure.ts": impure,
  "test/support/impure.ts": impure,
  "src/base/floating.ts": "async function f(): Promise<void> {}\nf();\nexport const a = 1;",
  "src/base/cycle-a.ts": 'import { b } from "./cycle-b.ts";\nexport const a = (): number => b();',
  "src/base/cycle-b.ts": 'import { a } from "./cycle-a.ts";\nexport const b = (): number => a();',
  "src/base/default.ts": "const a = 1;\nexport default a;",
  "src/base/barrel.ts": 'export * from "./cycle-a.ts";',
  "src/base/BadCase.ts": "export const a = 1;",
  "src/base/long.ts": `export const a = 1;\n${"// line\n".repeat(500)}`,
  "src/base/tall.ts": `export function f(): void {\n${"  f();\n".repeat(70)}}`,
  "src/base/switch.ts": [
    'export function f(x: "a" | "b"): number {',
    '  switch (x) {\n    case "a":\n      return 1;\n  }',
    "  return 2;\n}",
  ].join("\n"),
  "src/base/loud.ts": "console.log(1);\nexport const a = 1;",
  "tsconfig.json": JSON.stringify({
    compilerOptions: { module: "nodenext", strict: true, noEmit: true, target: "esnext" },
    include: ["src", "cluster", "test"],
  }),
  "package.json": '{ "type": "module" }',
};

let folder = "";
let report = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gyre-lint-"));
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, "test/tidy"), { recursive: true });
  cpSync(join(root, "test/tidy/oxlint.json"), join(folder, "test/tidy/oxlint.json"));
  const flags = ["-c", "test/tidy/oxlint.json", "--type-aware", "-f", "unix"];
  const oxlint = join(root, "node_modules/.bin/oxlint");
  const result = spawnSync(oxlint, [...flags, "src", "cluster", "test"], {
    cwd: folder,
    encoding: "utf8",
  });
  report = result.stdout;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function rulesAt(path: string): string[] {
  const lines = report.split("\n").filter((line) => line.startsWith(`${path}:`));
  const rules = lines.map((line) => /\[Error\/[\w-]+\(([\w-]+)\)\]$/.exec(line)?.[1] ?? line);
  return [...new Set(rules)].sort();
}

test.for([
  ["src/base/floating.ts", "no-floating-promises"],
  ["src/base/cycle-a.ts", "no-cycle"],
  ["src/base/cycle-b.ts", "no-cycle"],
  ["src/base/default.ts", "no-default-export"],
  ["src/base/barrel.ts", "no-barrel-file"],
  ["src/base/BadCase.ts", "filename-case"],
  ["src/base/long.ts", "max-lines"],
  ["src/base/tall.ts", "max-lines-per-function"],
  ["src/base/switch.ts", "switch-exhaustiveness-check"],
  ["src/base/loud.ts", "no-console"],
] as const)("%s breaks %s and nothing else", ([path, rule]) => {
  expect(rulesAt(path)).toEqual([rule]);
});

test.for(["src/base/impure.ts", "cluster/shard/impure.ts"])("%s may not reach out", (path) => {
  expect(rulesAt(path)).toEqual([
    "no-restricted-globals",
    "no-restricted-imports",
    "no-restricted-properties",
  ]);
  expect(report).toContain("Take a Clock (#runtime/ports/clock.ts) as a parameter.");
});

test.for([
  "src/runtime/node/impure.ts",
  "src/http/impure.ts",
  "cluster/rpc/impure.ts",
  "test/support/impure.ts",
])("%s may", (path) => {
  expect(rulesAt(path)).toEqual([]);
});
