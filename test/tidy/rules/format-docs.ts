/**
 * Bytes that outlive a process are drawn: a folder with a writer, codec or format has a FORMAT.md
 * beside it, and that page names the golden files that pin the bytes.
 */
import { posix } from "node:path";
import type { Rule, Violation } from "../rule.ts";
import type { SourceTree } from "../source-tree.ts";

const FORMAT_FILE = /^(src|cluster)\/.*-(writer|codec|format)\.ts$/;
/** Writers there are tools for others, or make answers in public formats. */
const EXEMPT = /^src\/(base|http|cli|web|promql)\//;
const GOLDEN_MENTION = /test\/golden\/[\w./-]*\w/g;

function check(tree: SourceTree): Violation[] {
  const folders = new Set(
    tree.paths
      .filter((path) => FORMAT_FILE.test(path) && !EXEMPT.test(path))
      .map((path) => posix.dirname(path)),
  );
  const violations: Violation[] = [];
  for (const folder of folders) {
    const page = `${folder}/FORMAT.md`;
    if (!tree.has(page)) {
      const message = `no ${page}: draw each record with byte widths, version and size limits`;
      violations.push({ path: folder, line: 0, message });
      continue;
    }
    const mentions = tree.read(page).match(GOLDEN_MENTION) ?? [];
    const exists = mentions.some((mention) =>
      tree.paths.some((path) => path === mention || path.startsWith(`${mention}/`)),
    );
    if (!exists) {
      const got = mentions.length === 0 ? "no golden file" : `${mentions[0]}, which is absent`;
      const message = `names ${got}: name the file under test/golden/format that pins the bytes`;
      violations.push({ path: page, line: 0, message });
    }
  }
  return violations;
}

export const formatDocsRule: Rule = {
  name: "format-docs",
  check,
  canaries: [
    { files: { "src/chunk/xor-codec.ts": "" }, want: "no src/chunk/FORMAT.md" },
    {
      files: { "src/chunk/xor-codec.ts": "", "src/chunk/FORMAT.md": "bytes" },
      want: "names no golden file",
    },
    {
      files: {
        "src/chunk/xor-codec.ts": "",
        "src/chunk/FORMAT.md": "see test/golden/format/xor.bin",
      },
      want: "which is absent",
    },
  ],
  passes: {
    "src/chunk/xor-codec.ts": "",
    "src/chunk/FORMAT.md": "see test/golden/format/xor.bin.",
    "test/golden/format/xor.bin": "",
    "src/http/json-writer.ts": "",
  },
};
