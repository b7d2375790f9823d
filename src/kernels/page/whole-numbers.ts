/**
 * A column as whole numbers. Twin of `wasm/page/whole-numbers.ts`. Values come as their bits,
 * in unsigned order; floating point steps are those of the kernel, one by one.
 */
import { SOURCE_THOUSANDS } from "../layout/page-layout.ts";
import { signed } from "./bits64.ts";
import {
  DECIMAL_LIMIT,
  EXPONENT_MAX,
  THOUSANDS_EXPONENT_MIN,
  decimalOf,
  isDecimal,
  isSpecial,
  orderedBits,
  powerOfTen,
  valueOf,
} from "./decimal.ts";

const MISFITS_FREE = 8;
const MISFIT_SHIFT = 4;

export interface WholeNumbers {
  readonly exponent: number;
  readonly wholes: readonly bigint[];
  /** True for values that the numbers do not give. */
  readonly patched: readonly boolean[];
  /** Of them those that are no special values. */
  readonly misfits: number;
}

/** Undefined when the values are not decimals in this way. */
export function decimalWholes(bits: readonly bigint[], way: number): WholeNumbers | undefined {
  const exponent = findExponent(bits, way);
  if (exponent < 0) return undefined;
  let misfits = 0;
  const found = bits.map((each) => {
    const value = valueOf(each);
    const whole = decimalOf(value, exponent);
    const fits = isDecimal(value, whole, exponent, way);
    if (!fits && !isSpecial(each)) misfits++;
    return fits && !isSpecial(each) ? BigInt(whole) : undefined;
  });
  if (misfits > MISFITS_FREE + (bits.length >> MISFIT_SHIFT)) return undefined;
  return { exponent, misfits, ...filled(found) };
}

export function bitWholes(bits: readonly bigint[]): WholeNumbers {
  const found = bits.map((each) => (isSpecial(each) ? undefined : orderedBits(signed(each))));
  return { exponent: 0, misfits: 0, ...filled(found) };
}

/** Gaps repeat the number before them, those at the start the first number. */
function filled(found: readonly (bigint | undefined)[]): Pick<WholeNumbers, "wholes" | "patched"> {
  let last = found.find((whole) => whole !== undefined) ?? 0n;
  return {
    wholes: found.map((whole) => (last = whole ?? last)),
    patched: found.map((whole) => whole === undefined),
  };
}

function findExponent(bits: readonly bigint[], way: number): number {
  let exponent = way === SOURCE_THOUSANDS ? THOUSANDS_EXPONENT_MIN : 0;
  let largest = 0;
  let misfits = 0;
  for (const [i, each] of bits.entries()) {
    const value = valueOf(each);
    let whole = decimalOf(value, exponent);
    if (isDecimal(value, whole, exponent, way)) {
      largest = Math.max(largest, Math.abs(whole));
      continue;
    }
    if (isSpecial(each)) continue;
    let raised = exponent;
    do {
      whole = decimalOf(value, ++raised);
    } while (
      raised <= EXPONENT_MAX &&
      Math.abs(whole) < DECIMAL_LIMIT &&
      !isDecimal(value, whole, raised, way)
    );
    const scaled = largest * powerOfTen(raised - exponent);
    if (raised <= EXPONENT_MAX && Math.abs(whole) < DECIMAL_LIMIT && scaled < DECIMAL_LIMIT) {
      largest = Math.max(scaled, Math.abs(whole));
      exponent = raised;
    } else if (++misfits > MISFITS_FREE + (i >> MISFIT_SHIFT)) {
      return -1;
    }
  }
  return exponent;
}
