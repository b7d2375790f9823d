/**
 * What tells one query language of the family from another: the words the lexer knows and the
 * functions the parser may call. The grammar itself is shared.
 */
import type { FunctionSignature } from "./function-table.ts";
import type { TokenKind } from "./token.ts";

export interface Dialect {
  readonly name: string;
  /** Words by lower-case spelling; everything else is an identifier. */
  readonly words: ReadonlyMap<string, TokenKind>;
  readonly functions: ReadonlyMap<string, FunctionSignature>;
}
