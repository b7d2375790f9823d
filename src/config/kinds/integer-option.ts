/** An option that counts something. */
import type { MachineFacts, Option } from "../option.ts";

export interface IntegerLimits {
  readonly description: string;
  /** A number, or how it follows from the machine with the words for the reference. */
  readonly default: number | { readonly text: string; of(machine: MachineFacts): number };
  readonly min: number;
  readonly max: number;
  readonly powerOfTwo?: boolean;
}

const DIGITS = /^\d{1,15}$/;

export function integerOption(limits: IntegerLimits): Option<number> {
  const { min, max, powerOfTwo } = limits;
  const fallback = limits.default;
  const isFixed = typeof fallback === "number";
  const noun = powerOfTwo === true ? "a power of two" : "a whole number";
  return {
    kind: "number",
    description: limits.description,
    defaultText: isFixed ? String(fallback) : fallback.text,
    want: `${noun} between ${min} and ${max}`,
    isList: false,
    fallback(machine) {
      return isFixed ? fallback : Math.min(Math.max(fallback.of(machine), min), max);
    },
    parse(text) {
      // `50_000_000` is how people write large counts.
      const digits = text.replaceAll("_", "");
      if (!DIGITS.test(digits)) return undefined;
      const value = Number(digits);
      if (value < min || value > max) return undefined;
      return powerOfTwo === true && !Number.isInteger(Math.log2(value)) ? undefined : value;
    },
  };
}
