/**
 * Size caps: a file fits one reading, a function fits one screen, and most files are small. The
 * median is per tree, so one tree's small files cannot pay for another's large ones.
 */
import type { Rule, Violation } from "../rule.ts";
import { walk } from "../source-tree.ts";
import type { AstNode, SourceFile, SourceTree } from "../source-tree.ts";

/** Longer files are split by verb with one prefix: `head.ts`, `head-append.ts`, `head-read.ts`. */
const FILE_LINES_MAX = 500;
/** A function taller than a screen hides its invariant. */
const FUNCTION_LINES_MAX = 70;
/** Measured in the code bases this one learns from: 95-150. */
const MEDIAN_LINES_MAX = 150;
/** Below this a tree is too young for its median to mean anything. */
const MEDIAN_FILES_MIN = 5;

const TREES = ["src", "cluster", "test", "bench"];
const FUNCTION_TYPES = ["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"];

/** Callbacks of a test file (`test`, `describe`) are scripts, not functions. */
function isExemptFunction(file: SourceFile): boolean {
  return file.path.endsWith(".test.ts");
}

function functionViolations(file: SourceFile): Violation[] {
  if (isExemptFunction(file)) return [];
  const violations: Violation[] = [];
  walk(file.program, (node: AstNode) => {
    if (!FUNCTION_TYPES.includes(node.type)) return;
    const line = file.lineAt(node.start);
    const lineCount = file.lineAt(node.end) - line + 1;
    if (lineCount <= FUNCTION_LINES_MAX) return;
    const message = `function of ${lineCount} lines, want <= ${FUNCTION_LINES_MAX}: split it by step`;
    violations.push({ path: file.path, line, message });
  });
  return violations;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

function medianViolations(tree: SourceTree): Violation[] {
  return TREES.flatMap((root) => {
    const counts = tree.files
      .filter((file) => file.path.startsWith(`${root}/`))
      .map((file) => file.lineCount);
    const middle = median(counts);
    if (counts.length < MEDIAN_FILES_MIN || middle <= MEDIAN_LINES_MAX) return [];
    const message = `median file of ${middle} lines, want <= ${MEDIAN_LINES_MAX}: split the largest`;
    return [{ path: root, line: 0, message }];
  });
}

function fileViolations(file: SourceFile): Violation[] {
  if (file.lineCount <= FILE_LINES_MAX) return [];
  const message = `file of ${file.lineCount} lines, want <= ${FILE_LINES_MAX}: split it by verb`;
  return [{ path: file.path, line: 0, message }];
}

const longFunction = `export function f(): void {\n${"  f();\n".repeat(69)}}\n`;
const mediumFile = "f();\n".repeat(151);

export const sizesRule: Rule = {
  name: "sizes",
  check: (tree) => [
    ...tree.files.flatMap(fileViolations),
    ...tree.files.flatMap(functionViolations),
    ...medianViolations(tree),
  ],
  canaries: [
    { files: { "src/base/a.ts": "f();\n".repeat(501) }, want: "file of 501 lines" },
    { files: { "src/base/a.ts": longFunction }, want: "function of 71 lines" },
    {
      files: Object.fromEntries(
        ["a", "b", "c", "d", "e"].map((name) => [`src/base/${name}.ts`, mediumFile]),
      ),
      want: "median file of 151 lines",
    },
  ],
  passes: { "src/base/a.ts": "f();\n".repeat(500), "test/unit/a.test.ts": longFunction },
};
