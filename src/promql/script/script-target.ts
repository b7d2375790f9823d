/**
 * What a script runs against: an engine over memory, or a node over HTTP. A target holds the samples
 * loaded since the last `clear` and answers queries about them.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import type { QueryWindow } from "../analyze/query-window.ts";
import type { Expr } from "../parse/ast.ts";
import type { QueryResult } from "../query-result.ts";
import type { LoadedSeries } from "./classic-to-native.ts";
import type { EvalCommand } from "./script-commands.ts";

export interface ScriptTarget {
  /** A store of its own, with nothing in it; also asked for before a script begins. */
  clear(): Promise<void>;
  load(series: readonly LoadedSeries[]): Promise<void>;
  /** Why this evaluation cannot be asked of the target; null when it can. */
  obstacle(command: EvalCommand, expr: Expr): ScriptObstacle | null;
  /** `text` is where positions of findings point into. Rejects with the query's own error. */
  evaluate(expr: Expr, text: string, window: QueryWindow): Promise<QueryResult>;
  /** What of a histogram its answers show, if that is not all: reset hints are not, then. */
  readonly shown?: (histogram: FloatHistogram) => FloatHistogram;
}

export interface ScriptObstacle {
  /** A fault of the target, which it may lose; or something its interface cannot show. */
  readonly kind: "gap" | "interface";
  readonly reason: string;
}
