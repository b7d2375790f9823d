/**
 * Every source file with logic has a test of its own under `test/unit` (same path, or an aspect of
 * it: `head.replay.test.ts`), or is named by a unit, property, golden or simulation test: by an
 * import of its values, or by a line `Covers: src/promql/functions/` (files or folders, separated
 * by commas) in that test's header. Types-only files and pure wiring need none. `../untested.txt`
 * lists the debts and may only shrink.
 */
import { isWithin } from "../layers.ts";
import type { Rule, Violation } from "../rule.ts";
import { walk } from "../source-tree.ts";
import type { SourceFile, SourceTree } from "../source-tree.ts";

export const UNTESTED_PATH = "test/tidy/untested.txt";

/** The number of entries in `untested.txt`. Lower it with the list; raising it needs a reason. */
const UNTESTED_COUNT = 0;

/** Wiring is exercised by system tests, the page by the browser test. */
const EXEMPT = ["cluster/main.ts", "cluster/roles", "src/web"];
const NAMING_TESTS = ["test/unit/", "test/property/", "test/golden/", "test/sim/"];

const LOGIC_NODES = new Set([
  "IfStatement",
  "ForStatement",
  "ForOfStatement",
  "ForInStatement",
  "WhileStatement",
  "DoWhileStatement",
  "SwitchStatement",
  "TryStatement",
  "ConditionalExpression",
]);

/** A file has logic when some code in it decides or repeats. */
function hasLogic(file: SourceFile): boolean {
  let found = false;
  walk(file.program, (node) => {
    if (LOGIC_NODES.has(node.type)) found = true;
  });
  return found;
}

/** Accepts `test/unit/base/a.test.ts` and the long `test/unit/src/base/a.test.ts`. */
function mirrors(path: string): string[] {
  const stem = path.replace(/\.ts$/, "");
  return [`test/unit/${stem.replace(/^src\//, "")}.`, `test/unit/${stem}.`];
}

function coveredFolders(test: SourceFile): string[] {
  const matches = test.text.matchAll(/Covers: ([^\n*]+)/g);
  return [...matches].flatMap((match) => match[1]!.trim().split(/[\s,]+/));
}

function isNamed(path: string, namingTests: readonly SourceFile[]): boolean {
  return namingTests.some(
    (test) =>
      test.imports.some((edge) => edge.isRuntime && edge.target === path) ||
      coveredFolders(test).some((folder) => isWithin(path, folder.replace(/\/$/, ""))),
  );
}

function untestedFiles(tree: SourceTree): string[] {
  const tests = tree.paths.filter((path) => path.endsWith(".test.ts"));
  const naming = tree.files.filter((file) =>
    NAMING_TESTS.some((folder) => file.path.startsWith(folder)),
  );
  return tree.files
    .filter((file) => /^(src|cluster)\/.*\.ts$/.test(file.path))
    .filter((file) => !EXEMPT.some((folder) => isWithin(file.path, folder)))
    .filter(hasLogic)
    .map((file) => file.path)
    .filter((path) => !tests.some((test) => mirrors(path).some((stem) => test.startsWith(stem))))
    .filter((path) => !isNamed(path, naming));
}

function check(tree: SourceTree): Violation[] {
  const text = tree.has(UNTESTED_PATH) ? tree.read(UNTESTED_PATH) : "";
  const listed = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const untested = untestedFiles(tree);
  const violations: Violation[] = untested
    .filter((path) => !listed.includes(path))
    .map((path) => ({
      path,
      line: 0,
      message: `no test: add ${mirrors(path)[0]}test.ts, or name it in a test ("Covers: ...")`,
    }));
  for (const path of listed.filter((entry) => !untested.includes(entry))) {
    const message = `${path} is tested or gone: delete this line`;
    violations.push({ path: UNTESTED_PATH, line: 0, message });
  }
  if (listed.length !== UNTESTED_COUNT) {
    const message = `got ${listed.length} entries, want UNTESTED_COUNT = ${UNTESTED_COUNT}`;
    violations.push({ path: UNTESTED_PATH, line: 0, message });
  }
  return violations;
}

const logic = "export const f = (a: number): number => (a > 0 ? a : -a);";

export const mirroredTestsRule: Rule = {
  name: "mirrored-tests",
  check,
  canaries: [
    { files: { "src/base/f.ts": logic }, want: "no test: add test/unit/base/f.test.ts" },
    {
      files: {
        "src/base/f.ts": logic,
        // A type-only mention runs nothing.
        "test/property/g.test.ts": 'import type { f } from "#base/f.ts";',
      },
      want: "no test",
    },
  ],
  passes: {
    "src/base/f.ts": logic,
    "test/unit/src/base/f.test.ts": "",
    "src/base/g.ts": logic,
    "test/unit/base/g.edges.test.ts": "",
    "src/base/h.ts": logic,
    "test/property/h.test.ts": 'import { f } from "#base/h.ts";',
    "src/promql/functions/rate.ts": logic,
    "test/golden/promql.test.ts": "/**\n * Covers: src/promql/functions/\n */",
    "src/base/types.ts": "export interface Types { readonly a: 1 }",
  },
};
