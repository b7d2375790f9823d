/** Function calls. The name is looked up when the arguments have been read, as upstream does. */
import type { Call } from "./ast.ts";
import { quote } from "./go-quote.ts";
import { parseArguments } from "./parse-arguments.ts";
import type { ParseContext } from "./parse-context.ts";

/** The next token is the name, the one after it the opening parenthesis. */
export function parseCall(context: ParseContext): Call {
  const name = context.take();
  const { args, end } = parseArguments(context);
  const func = context.dialect.functions.get(name.text);
  if (func === undefined) {
    context.fail(name, `unknown function with name ${quote(name.text)}`);
  }
  if (func.experimental) {
    const reason = `function ${quote(name.text)} is not enabled`;
    context.requireFeature("experimentalFunctions", name, reason);
  }
  return Object.freeze({ kind: "call", func, args, pos: { start: name.start, end } });
}
