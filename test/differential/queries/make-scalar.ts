/** Scalar expressions: numbers, time, single series as scalars, arithmetic between them. */
import type { Scope } from "./scope.ts";
import { deeper } from "./scope.ts";

const NUMBERS = ["0", "1", "2", "-1", "0.5", "3", "10", "-2.5", "100", "1e3", "0x1f", "1e-2", "7"];
const ODD_NUMBERS = ["Inf", "-Inf", "NaN", "0.1e1", ".5", "1_000"];
/** Down to one series. */
const ONE = ["sum", "max", "min", "count", "avg"];
const ARITHMETIC = ["+", "-", "*", "/", "%", "^", "atan2"];
const COMPARISONS = ["==", "!=", ">", "<", ">=", "<="];

export function makeNumber({ dice, language }: Scope): string {
  if (language.isNewest && dice.chance(0.03)) return dice.pick(["1m", "1h30m", "5s"]);
  return dice.chance(0.04) && language.isNewest ? dice.pick(ODD_NUMBERS) : dice.pick(NUMBERS);
}

/** Text that can be an operand as it stands. */
export function makeScalar(scope: Scope): string {
  const { dice, language } = scope;
  if (scope.depth <= 0 || dice.chance(0.6)) return makeNumber(scope);
  const inner = deeper(scope);
  const choices: (() => string)[] = [
    () => "pi()",
    () => "time()",
    () => `scalar(${dice.pick(ONE)}(${scope.makeVector(inner).text}))`,
    () => `(${makeScalar(inner)} ${dice.pick(ARITHMETIC)} ${makeScalar(inner)})`,
    () => `(${makeScalar(inner)} ${dice.pick(COMPARISONS)} bool ${makeScalar(inner)})`,
    () => `(-${makeScalar(inner)})`,
  ];
  if (language.isNewest) {
    choices.push(() => dice.pick(["start()", "end()", "range()", "step()", "step()"]));
    choices.push(
      () => `${dice.pick(["min_of", "max_of"])}(${makeScalar(inner)}, ${makeNumber(scope)})`,
    );
  }
  return dice.pick(choices)();
}

/** Three quantiles, no two the same. */
export function makeQuantiles({ dice }: Scope): string {
  return `0.25, ${dice.pick(["0.1", "0.5", "0"])}, ${dice.pick(["0.9", "0.99", "1", "NaN", "1.5"])}`;
}

/** A number between 0 and 1 as a rule, what quantiles want. */
export function makeQuantile({ dice }: Scope): string {
  if (dice.chance(0.05)) return dice.pick(["-0.1", "1.5", "NaN"]);
  return dice.pick(["0", "0.1", "0.25", "0.5", "0.5", "0.75", "0.9", "0.99", "1"]);
}
