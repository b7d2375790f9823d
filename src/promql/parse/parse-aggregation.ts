/** Aggregations: `sum(x)`, `sum by (a) (x)`, `sum(x) without (a)`, `topk(3, x)`. */
import type { Aggregate, AggregateOp } from "./ast.ts";
import { parseArguments, type Arguments } from "./parse-arguments.ts";
import type { Expectation, ParseContext } from "./parse-context.ts";
import { parseGrouping } from "./parse-grouping.ts";
import type { Token } from "./token.ts";

const AGGREGATION: Expectation = { where: "aggregation", expected: "" };

const WITH_PARAMETER = new Set("topk bottomk count_values quantile limitk limit_ratio".split(" "));
const EXPERIMENTAL = new Set("limitk limit_ratio".split(" "));

interface Grouping {
  readonly grouping: readonly string[];
  readonly without: boolean;
}

/** The next token is the operator; a parenthesis, `by` or `without` follows. */
export function parseAggregation(context: ParseContext): Aggregate {
  const op = context.take();
  return context.within(AGGREGATION, () => {
    const before = parseModifier(context);
    const list = parseArguments(context);
    const after = before === null ? parseModifier(context) : null;
    return build(context, op, list, before ?? after);
  });
}

function parseModifier(context: ParseContext): (Grouping & { readonly end: number }) | null {
  const word = context.accept("by") ?? context.accept("without");
  if (word === null) return null;
  const grouping = parseGrouping(context);
  return { grouping, without: word.word === "without", end: context.lastEnd };
}

function build(
  context: ParseContext,
  token: Token,
  { args, end: argsEnd }: Arguments,
  modifier: (Grouping & { readonly end: number }) | null,
): Aggregate {
  const op = token.word as AggregateOp;
  const pos = { start: token.start, end: Math.max(argsEnd, modifier?.end ?? 0) };
  const { grouping, without } = modifier ?? { grouping: [], without: false };
  if (args.length === 0) context.fail(pos, "no arguments for aggregate expression provided");
  const parameterized = WITH_PARAMETER.has(op);
  if (EXPERIMENTAL.has(op)) {
    const reason = `${op}() is experimental and must be enabled with`;
    context.requireFeature("experimentalFunctions", pos, reason);
  }
  const want = parameterized ? 2 : 1;
  const expr = args[want - 1];
  if (expr === undefined || args.length > want) {
    const counts = `expected ${want}, got ${args.length}`;
    context.fail(pos, `wrong number of arguments for aggregate expression provided, ${counts}`);
  }
  const param = parameterized ? args[0]! : null;
  return Object.freeze({ kind: "aggregate", op, expr, param, grouping, without, pos });
}
