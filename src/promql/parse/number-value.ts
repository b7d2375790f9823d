/**
 * The value of a number token: an integer in any base first, a float second, as Go's `strconv` reads
 * them. So `0755` is octal, `099` decimal, `1_000` a thousand and an integer beyond 64 bits a float.
 */
import { quote } from "./go-quote.ts";

const INT64_MAX = 2n ** 63n - 1n;
const FLOAT = /^(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?[\d_]+)?$/;

/** An underscore without a digit on one side. */
const LONE = /(?<!\d)_|_(?!\d)/;
const LONE_IN_HEXADECIMAL = /(?<![0-9a-fA-F])_|_(?![0-9a-fA-F])/;

export type NumberValue =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly problem: string };

export function numberValue(text: string): NumberValue {
  const integer = integerValue(text);
  if (integer !== null) return { ok: true, value: integer };
  return floatValue(text);
}

/** Null when the text is not an integer or does not fit 64 bits. */
function integerValue(text: string): number | null {
  if (!underscoresSeparateDigits(text)) return null;
  const digits = text.replaceAll("_", "");
  if (/^0[xX][0-9a-fA-F]+$/.test(digits)) return fitting(digits);
  if (/^0[0-7]*$/.test(digits)) return fitting(digits === "0" ? "0" : `0o${digits.slice(1)}`);
  return /^[1-9]\d*$/.test(digits) ? fitting(digits) : null;
}

function fitting(digits: string): number | null {
  // A safe integer needs no second look.
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return value;
  const exact = BigInt(digits);
  return exact <= INT64_MAX ? Number(exact) : null;
}

function floatValue(text: string): NumberValue {
  const lower = text.toLowerCase();
  if (lower === "inf") return { ok: true, value: Number.POSITIVE_INFINITY };
  if (lower === "nan") return { ok: true, value: Number.NaN };
  if (!FLOAT.test(text) || !underscoresSeparateDigits(text)) {
    return { ok: false, problem: problem(text, "invalid syntax") };
  }
  const value = Number(text.replaceAll("_", ""));
  if (!Number.isFinite(value)) return { ok: false, problem: problem(text, "value out of range") };
  return { ok: true, value };
}

/** Between two digits, or between the base prefix and the first digit. */
function underscoresSeparateDigits(text: string): boolean {
  return /^0[xX]/.test(text) ? !LONE_IN_HEXADECIMAL.test(`0${text.slice(2)}`) : !LONE.test(text);
}

function problem(text: string, cause: string): string {
  return `error parsing number: strconv.ParseFloat: parsing ${quote(text)}: ${cause}`;
}
