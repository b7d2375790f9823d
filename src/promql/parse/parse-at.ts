/** The `@` modifier: a unix time in seconds, `start()` or `end()`. */
import type { AtModifier, Expr, Pos } from "./ast.ts";
import type { Expectation, ParseContext } from "./parse-context.ts";
import { parseSignedNumber } from "./signed-number.ts";
import { withSelector } from "./with-selector.ts";

const AT: Expectation = { where: "@", expected: "timestamp" };

/** Upstream keeps milliseconds in 64 bits and refuses seconds that do not fit them. */
const SECONDS_MAX = 2 ** 63;

export function parseAt(context: ParseContext, expr: Expr): Expr {
  context.take();
  const at = context.within(AT, () => parseTime(context, expr.pos));
  const target = expr.kind === "matrix-selector" ? expr.selector : expr;
  if (target.kind !== "vector-selector" && target.kind !== "subquery") {
    context.fail(
      expr.pos,
      "@ modifier must be preceded by an instant vector selector or range vector selector " +
        "or a subquery",
    );
  }
  if (target.at !== null) context.fail(expr.pos, "@ <timestamp> may not be set multiple times");
  return withSelector(expr, { at }, context.lastEnd);
}

function parseTime(context: ParseContext, pos: Pos): AtModifier {
  const word = context.accept("start") ?? context.accept("end");
  if (word !== null) {
    context.expect("(");
    context.expect(")");
    return Object.freeze({ kind: word.word === "start" ? "start" : "end" });
  }
  const { value } = parseSignedNumber(context);
  if (!(Math.abs(value) < SECONDS_MAX)) {
    context.fail(pos, `timestamp out of bounds for @ modifier: ${sixDecimals(value)}`);
  }
  const ms = Math.sign(value) * Math.round(Math.abs(value) * 1000) + 0;
  return Object.freeze({ kind: "time", ms });
}

function sixDecimals(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return `${BigInt(Math.trunc(value))}.000000`;
}
