/**
 * The one error a parser throws for bad text. `message` is what Prometheus would say:
 * `<line>:<column>: parse error: <cause>`; the HTTP edge puts `invalid parameter "query": ` before
 * it. Columns count bytes of UTF-8 from 1, as upstream does, so both agree on any text.
 */
import { EngineError } from "#base/engine-error.ts";
import { PROMQL_PARSE } from "../promql-errors.ts";
import type { Pos } from "./ast.ts";
import { lineColumnAt, type LineColumn } from "./line-column.ts";

export class PromqlParseError extends EngineError {
  readonly position: LineColumn;
  /** UTF-16 offsets into the query text, for editors. */
  readonly pos: Pos;
  /** The message without its position. */
  readonly reason: string;

  constructor(text: string, pos: Pos, reason: string) {
    const position = lineColumnAt(text, pos.start);
    const where = text === "" ? "unknown position" : `${position.line}:${position.column}`;
    super(PROMQL_PARSE, `${where}: parse error: ${reason}`, {
      data: { line: position.line, column: position.column },
    });
    this.position = position;
    this.pos = pos;
    this.reason = reason;
  }
}
