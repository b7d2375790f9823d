/** PromQL 3.14: its reserved words and functions. */
import type { Dialect } from "./dialect.ts";
import { FUNCTIONS } from "./function-table.ts";
import type { TokenKind } from "./token.ts";

const WORDS: Readonly<Partial<Record<TokenKind, string>>> = {
  operator: "and or unless atan2",
  aggregation:
    "sum avg count min max group stddev stdvar topk bottomk count_values quantile limitk limit_ratio",
  keyword:
    "offset smoothed anchored by without on ignoring group_left group_right " +
    "fill fill_left fill_right bool",
  preprocessor: "start end step range max_of min_of",
  number: "inf nan",
};

export const PROMQL_DIALECT: Dialect = {
  name: "promql",
  words: new Map(
    Object.entries(WORDS).flatMap(([kind, words]) =>
      words.split(" ").map((word) => [word, kind as TokenKind] as const),
    ),
  ),
  functions: FUNCTIONS,
};
