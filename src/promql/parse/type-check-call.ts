/** Checks of function calls: number and types of the arguments, the label selector of `info`. */
import { must } from "#base/assert.ts";
import type { Call, Expr } from "./ast.ts";
import { quote } from "./go-quote.ts";
import type { TypeCheckContext } from "./type-check-context.ts";
import { typeName, typeOf } from "./type-of.ts";

export function checkCall(context: TypeCheckContext, call: Call): void {
  checkCount(context, call);
  if (call.func.name === "info") return checkInfo(context, call);
  for (const [index, arg] of call.args.entries()) checkArgument(context, call, index, arg);
}

function checkCount(context: TypeCheckContext, { func, args, pos }: Call): void {
  const { argCountMin: min, argCountMax: max, name } = func;
  if (args.length >= min && args.length <= max) return;
  let bound = `at least ${min}`;
  if (min === max) bound = String(min);
  else if (args.length > max) bound = `at most ${max}`;
  context.fail(pos, `expected ${bound} argument(s) in call to ${quote(name)}, got ${args.length}`);
}

function checkArgument(context: TypeCheckContext, call: Call, index: number, arg: Expr): void {
  const { argTypes, name } = call.func;
  const want = must(argTypes[Math.min(index, argTypes.length - 1)], "argument type");
  const got = context.check(arg);
  if (got === want) return;
  const types = `${typeName(want)} in call to function ${quote(name)}, got ${typeName(got)}`;
  context.fail(arg.pos, `expected type ${types}`);
}

/** The second argument is a list of matchers in the shape of a selector; it may match anything. */
function checkInfo(context: TypeCheckContext, call: Call): void {
  const [first, selector] = call.args;
  if (selector !== undefined) {
    const type = typeOf(selector);
    if (type !== "vector") {
      const types = `instant vector in call to function "info", got ${typeName(type)}`;
      context.fail(call.pos, `expected type ${types}`);
    }
    if (selector.kind !== "vector-selector") {
      context.fail(selector.pos, "expected label selectors only");
    }
    if (selector.name !== "") {
      context.fail(selector.pos, "expected label selectors only, got vector selector instead");
    }
  }
  checkArgument(context, call, 0, must(first, "argument of info"));
}
