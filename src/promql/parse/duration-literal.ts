/** Durations that are plain numbers, and seconds to milliseconds as Prometheus cuts them. */
import type { DurationExpr, NumberLiteral } from "./ast.ts";

/** Durations are 64-bit nanoseconds upstream; seconds beyond this do not fit. */
export const DURATION_SECONDS_MAX: number = 2 ** 63 / 1e9;

/** The number a duration is, parentheses aside; null when it has to be computed. */
export function literalOf(duration: DurationExpr): NumberLiteral | null {
  let inner = duration;
  while (inner.kind === "duration-paren") inner = inner.expr;
  return inner.kind === "number" ? inner : null;
}

/** Rounded to nanoseconds first, then cut towards zero, so 0.0009 s is 0 ms. Never -0. */
export function secondsToMs(seconds: number): number {
  const ns = Math.sign(seconds) * Math.round(Math.abs(seconds) * 1e9);
  return Math.trunc(ns / 1e6) + 0;
}
