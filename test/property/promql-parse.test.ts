/**
 * Covers: src/promql/parse/ src/promql/analyze/
 *
 * Properties of the PromQL parser on random text: what the grammar makes is accepted, printing and
 * reading again changes nothing, and no text whatever makes it throw anything but its own error.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { resolveQuery } from "#promql/analyze/resolve-query.ts";
import { selectorRanges } from "#promql/analyze/selector-ranges.ts";
import { extractSelectors } from "#promql/analyze/extract-selectors.ts";
import type { Expr } from "#promql/parse/ast.ts";
import { childrenOf, type Node } from "#promql/parse/children-of.ts";
import { formatPromql } from "#promql/parse/format.ts";
import { ALL_PARSE_FEATURES } from "#promql/parse/parse-options.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";
import { printPromql } from "#promql/parse/print.ts";
import { PromqlParseError } from "#promql/parse/promql-parse-error.ts";
import { brokenQuery, tokenSoup, validQuery } from "./promql-parse-texts.ts";

const WINDOW = { startMs: 1_000_000, endMs: 1_600_000, stepMs: 30_000 };
const LOOKBACK_MS = 300_000;

function parse(text: string): Expr {
  return parsePromql(text, ALL_PARSE_FEATURES);
}

/** A tree as text without positions and without the order of matchers; NaN and -0 told apart. */
function shape(expr: Expr): string {
  return JSON.stringify(expr, (key, value: unknown) => {
    if (key === "pos") return undefined;
    if (key === "matchers") {
      return (value as readonly unknown[]).map((matcher) => JSON.stringify(matcher)).toSorted();
    }
    if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
    return value;
  });
}

function parseOrError(text: string): Expr | PromqlParseError {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof PromqlParseError) return error;
    throw new Error(`${JSON.stringify(text)} threw something else`, { cause: error });
  }
}

test("what the grammar makes parses, and printing it changes nothing", () => {
  fc.assert(
    fc.property(validQuery, (text) => {
      const expr = parse(text);
      for (const printed of [printPromql(expr), formatPromql(expr)]) {
        expect(shape(parse(printed)), printed).toBe(shape(expr));
      }
      expect(printPromql(parse(printPromql(expr)))).toBe(printPromql(expr));
    }),
    { numRuns: 1000 },
  );
});

test("every node lies inside its parent and inside the text", () => {
  fc.assert(
    fc.property(validQuery, (text) => {
      const check = (node: Node, start: number, end: number): void => {
        expect(node.pos.start).toBeGreaterThanOrEqual(start);
        expect(node.pos.end).toBeLessThanOrEqual(end);
        expect(node.pos.end).toBeGreaterThan(node.pos.start);
        // The modifiers of a range selector belong to its selector but stand after the brackets.
        const bounds = node.kind === "vector-selector" ? { start, end } : node.pos;
        for (const child of childrenOf(node)) check(child, bounds.start, bounds.end);
      };
      check(parse(text), 0, text.length);
    }),
    { numRuns: 300 },
  );
});

test("no text makes the parser throw anything but its own error, positioned inside the text", () => {
  const anyText = fc.oneof(
    tokenSoup,
    brokenQuery,
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
  );
  fc.assert(
    fc.property(anyText, (text) => {
      const result = parseOrError(text);
      if (!(result instanceof PromqlParseError)) return;
      expect(result.code).toBe("promql.parse");
      expect(result.message).toMatch(/^(\d+:\d+|unknown position): parse error: ./);
      expect(result.pos.start).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: 2500 },
  );
});

test("resolving a query leaves nothing to resolve, and every selector reads something", () => {
  fc.assert(
    fc.property(validQuery, (text) => {
      let resolved: Expr;
      try {
        resolved = resolveQuery(parse(text), WINDOW, text);
      } catch (error) {
        expect((error as Error).message).toMatch(/duration|by zero/);
        return;
      }
      expect(shape(resolved)).not.toMatch(/"kind":"(paren|start|end|duration-\w+)"/);
      const ranges = selectorRanges(resolved, WINDOW, LOOKBACK_MS);
      expect(ranges.map((range) => range.selector)).toEqual(extractSelectors(resolved));
      for (const { minMs, maxMs, rangeMs } of ranges) {
        expect(maxMs - minMs + 1).toBeGreaterThanOrEqual(rangeMs === 0 ? 0 : rangeMs);
      }
    }),
    { numRuns: 500 },
  );
});
