/** What the checks of single nodes share. `check` walks on and returns the type of what it walked. */
import type { Binary, Expr, Pos, ValueType, VectorMatching } from "./ast.ts";

export interface TypeCheckContext {
  readonly text: string;
  /** The matching of each binary node as written, also where the node itself has none. */
  readonly writtenMatchings: ReadonlyMap<Binary, VectorMatching>;
  check(expr: Expr): ValueType;
  fail(pos: Pos, reason: string): never;
}
