/**
 * Comments a reader relies on: every module opens with what it owns, its invariants and who may
 * call it; and no note to oneself is left behind.
 */
import type { Rule, Violation } from "../rule.ts";
import type { SourceFile } from "../source-tree.ts";

/** Delimiters included: less than this says nothing about a file longer than a screen. */
const HEADER_LINES_MIN = 3;
/** In a shorter file one sentence can say it all. */
const SHORT_FILE_LINES_MAX = 60;
/** Longer prose belongs in the folder's README.md or FORMAT.md. */
const HEADER_LINES_MAX = 24;

function headerFault(file: SourceFile): string | null {
  const start = file.text.startsWith("#!") ? file.text.indexOf("\n") + 1 : 0;
  const first = file.comments.find((comment) => comment.start >= start);
  const want = "open with a comment of 3-8 lines: what it owns, its invariants, who may call it";
  if (first === undefined || file.text.slice(start, first.start).trim() !== "") {
    return `no header: ${want}`;
  }
  let lineCount = first.lineCount;
  if (!first.isBlock) {
    const lines = file.text.slice(first.start).split("\n");
    const end = lines.findIndex((line) => !line.startsWith("//"));
    lineCount = end === -1 ? lines.length : end;
  }
  const linesMin = first.isBlock ? HEADER_LINES_MIN : HEADER_LINES_MIN - 1;
  if (lineCount < linesMin && file.lineCount > SHORT_FILE_LINES_MAX) {
    return `header of ${lineCount} line: ${want}`;
  }
  if (lineCount > HEADER_LINES_MAX) {
    return `header of ${lineCount} lines, want <= ${HEADER_LINES_MAX}: move prose to README.md`;
  }
  return null;
}

export const headerRule: Rule = {
  name: "header-comment",
  check: (tree) =>
    tree.files
      .filter((file) => !file.path.endsWith(".test.ts"))
      .flatMap((file) => {
        const message = headerFault(file);
        return message === null ? [] : [{ path: file.path, line: 1, message }];
      }),
  canaries: [
    { files: { "src/base/a.ts": "export const a = 1;" }, want: "no header" },
    {
      files: { "src/base/a.ts": 'import "./b.ts";\n/**\n * Late.\n */\n' },
      want: "no header",
    },
    { files: { "src/base/a.ts": `/** A. */\n${"f();\n".repeat(60)}` }, want: "header of 1 line" },
  ],
  passes: {
    "src/base/a.ts": "/**\n * Owns a. One line is enough when it says all.\n */\n",
    "src/base/short.ts": "/** Says it all. */\n",
    "src/base/b.ts": "// Owns b.\n// Anyone may call it.\n",
    "src/cli/c.mjs": "#!/usr/bin/env node\n/**\n * Owns c.\n */\n",
  },
};

// Spelled in two parts, so that this file does not break its own rule.
const LEFTOVERS = new RegExp(`\\b(${"FIX"}ME|${"X"}XX|${"HA"}CK)\\b`);

function leftoverViolations(file: SourceFile): Violation[] {
  return file.comments.flatMap((comment) => {
    const word = LEFTOVERS.exec(comment.text)?.[0];
    if (word === undefined) return [];
    const message = `${word} left behind: fix it, or say why the code is right as it is`;
    return [{ path: file.path, line: comment.line, message }];
  });
}

export const leftoversRule: Rule = {
  name: "leftovers",
  check: (tree) => tree.files.flatMap(leftoverViolations),
  canaries: [{ files: { "src/base/a.ts": `// ${"FIX"}ME: later\n` }, want: "left behind" }],
  passes: { "src/base/a.ts": "// Fixes the order of the shards.\n" },
};
