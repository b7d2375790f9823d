/** Decimals as whole units: what counts as one, and sums of them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decimalSum,
  digitsOf,
  hasDigits,
  NO_DIGITS,
  unitsOf,
  valueOfUnits,
} from "#tsdb/block/decimal-units.ts";

test("a value has the digits that people see", () => {
  const cases: [number, number][] = [
    [0, 0],
    [-0, 0],
    [5, 0],
    [-0.5, 1],
    [0.1, 1],
    [1234.56, 2],
    [0.000000001, 9],
    [0.0000000001, NO_DIGITS],
    [1 / 3, NO_DIGITS],
    [2 ** 53 - 1, 0],
    [2 ** 53, NO_DIGITS],
    [1e300, NO_DIGITS],
    [Infinity, NO_DIGITS],
    [Number.NaN, NO_DIGITS],
  ];
  for (const [value, digits] of cases) expect(digitsOf(value, 0), `${value}`).toBe(digits);
  expect(digitsOf(0.5, 3)).toBe(3);
});

test("units lead back to the value", () => {
  const property = fc.property(fc.maxSafeInteger(), fc.nat({ max: 9 }), (units, digits) => {
    const value = valueOfUnits(units, digits);
    if (!hasDigits(value, digits)) return;
    expect(valueOfUnits(unitsOf(value, digits), digits)).toBe(value);
  });
  fc.assert(property);
});

test("a sum of decimals is the decimal sum", () => {
  const cents = fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 50 });
  const property = fc.property(cents, (all) => {
    const values = Float64Array.from(all, (one) => one / 100);
    const sum = all.reduce((a, b) => a + b, 0);
    expect(decimalSum(values, 0, values.length)).toBe(sum === 0 ? 0 : sum / 100);
  });
  fc.assert(property);
  expect(decimalSum(Float64Array.of(0.1, 0.2), 0, 2)).toBe(0.3);
  expect(decimalSum(Float64Array.of(9, 0.1, 0.2, 9), 1, 3)).toBe(0.3);
  expect(decimalSum(Float64Array.of(0.1, 1 / 3), 0, 2)).toBeNaN();
  expect(decimalSum(Float64Array.of(2 ** 53 - 1, 1), 0, 2)).toBeNaN();
});
