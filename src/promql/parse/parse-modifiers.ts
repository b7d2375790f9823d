/** What may follow an operand, any number of times: `[...]`, offset, `@`, anchored, smoothed. */
import type { Expr } from "./ast.ts";
import { parseAt } from "./parse-at.ts";
import { parseBrackets } from "./parse-brackets.ts";
import { parseEdges } from "./parse-edges.ts";
import { parseOffset } from "./parse-offset.ts";
import type { ParseContext } from "./parse-context.ts";

export function parseModifiers(context: ParseContext, operand: Expr): Expr {
  let expr = operand;
  for (let links = 1; ; links++) {
    context.limitDepth(links);
    switch (context.peek().word) {
      case "[":
        expr = parseBrackets(context, expr);
        break;
      case "offset":
        expr = parseOffset(context, expr);
        break;
      case "@":
        expr = parseAt(context, expr);
        break;
      case "anchored":
      case "smoothed":
        expr = parseEdges(context, expr);
        break;
      default:
        return expr;
    }
  }
}
