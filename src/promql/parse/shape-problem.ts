/**
 * Checks a tree against `parse-limits.ts` without recursion: chains of operators and modifiers grow
 * deep trees in a loop, which the parser's own depth count does not see.
 */
import type { Expr, Pos } from "./ast.ts";
import { childrenOf, type Node } from "./children-of.ts";
import { PARSE_DEPTH_MAX, PARSE_NODES_MAX } from "./parse-limits.ts";

export interface ShapeProblem {
  readonly pos: Pos;
  readonly reason: string;
}

/** Null when every later pass may walk the tree by recursion. */
export function shapeProblem(root: Expr): ShapeProblem | null {
  let level: readonly Node[] = [root];
  let nodes = 0;
  for (let depth = 1; level.length > 0; depth++) {
    const pos = level[0]!.pos;
    nodes += level.length;
    if (nodes > PARSE_NODES_MAX)
      return { pos, reason: tooMany("has too many parts", PARSE_NODES_MAX) };
    if (depth > PARSE_DEPTH_MAX)
      return { pos, reason: tooMany("is nested too deeply", PARSE_DEPTH_MAX) };
    level = level.flatMap(childrenOf);
  }
  return null;
}

function tooMany(what: string, limit: number): string {
  return `expression ${what}: want at most ${limit}`;
}
