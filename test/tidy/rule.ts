/**
 * The shape of a tidy rule: it looks at a tree and lists what breaks it, each with the way out.
 * Every rule carries canaries: small trees that must fail, so a rule that went blind is noticed.
 */
import type { SourceTree } from "./source-tree.ts";

export interface Violation {
  readonly path: string;
  /** 1-based; 0 when the whole file or folder is meant. */
  readonly line: number;
  /** What was found, and what to do instead. */
  readonly message: string;
}

export interface Canary {
  readonly files: Readonly<Record<string, string>>;
  /** Text that the message of the only violation must contain. */
  readonly want: string;
}

export interface Rule {
  readonly name: string;
  check(tree: SourceTree): Violation[];
  readonly canaries: readonly Canary[];
  /** A tree that is right at the rule's edge and must pass. */
  readonly passes: Readonly<Record<string, string>>;
}

/** One line per violation, in path order. */
export function printViolations(rule: string, violations: readonly Violation[]): string {
  const lines = violations.map(({ path, line, message }) => {
    const place = line > 0 ? `${path}:${line}` : path;
    return `${place}: ${message} [${rule}]`;
  });
  return lines.sort().join("\n");
}
