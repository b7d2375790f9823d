/**
 * Bounds on the shape of a query. Every later pass walks the tree by recursion, so its depth is what
 * keeps a hostile text from overflowing the stack of a thread.
 */

/**
 * Levels of nesting, a chain of `a + b + c` counting one per operator and an aggregation two. Cold
 * code overflows a 984 KiB stack at 1,200 parentheses or 1,000 aggregations, so half stays free.
 */
export const PARSE_DEPTH_MAX = 512;

/** Nodes of a tree. A tree this large comes from text near `QUERY_TEXT_UNITS_MAX` and nowhere else. */
export const PARSE_NODES_MAX = 100_000;
