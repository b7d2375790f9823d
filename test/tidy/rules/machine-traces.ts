/**
 * The clone is the same everywhere: no text names a folder of one machine or the host of a package
 * registry. Addresses of documentation are fine; addresses that tools fetch from are not.
 */
import type { Rule, Violation } from "../rule.ts";
import type { SourceTree } from "../source-tree.ts";

const TEXT_FILE = /(\.(ts|mjs|json|md|ya?ml|txt|proto|sh|html|css)|^\.\w+|\/run)$/;
// Spelled in parts, so that this file does not break its own rule.
const TRACES: readonly (readonly [pattern: RegExp, what: string])[] = [
  [new RegExp(`(^|[\\s"'\`(=])/(${"wo"}rk|${"ho"}me|${"Us"}ers|${"ro"}ot)/`), "a machine path"],
  [new RegExp(`registry\\.(${"np"}mjs|${"ya"}rnpkg)\\.`), "a registry host"],
];

function checkText(path: string, text: string): Violation[] {
  const violations: Violation[] = [];
  text.split("\n").forEach((content, index) => {
    for (const [pattern, what] of TRACES) {
      const match = pattern.exec(content);
      if (match === null) continue;
      const message = `names ${what} (${match[0].trim()}): use a path relative to the project`;
      violations.push({ path, line: index + 1, message });
    }
  });
  return violations;
}

function check(tree: SourceTree): Violation[] {
  return tree.paths
    .filter((path) => TEXT_FILE.test(path))
    .flatMap((path) => checkText(path, tree.read(path)));
}

export const machineTracesRule: Rule = {
  name: "machine-traces",
  check,
  canaries: [
    { files: { "src/base/a.ts": `const a = "/${"ho"}me/jo/x";` }, want: "a machine path" },
    { files: { ".npmrc": `registry=https://registry.${"np"}mjs.org/` }, want: "a registry host" },
  ],
  passes: { "README.md": "Data lives in ./data; see https://prometheus.io/docs/home/." },
};
