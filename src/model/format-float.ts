/**
 * Text forms of float64, as Go's strconv writes them: the shortest digits that read back to the
 * same value, `+Inf`, `-Inf`, `NaN`, exponents of at least two digits. Every place that shows a
 * sample value to a client or puts one into a label uses these, never `String(x)`.
 */

/** Form 'f': never an exponent. */
export function formatFloat(value: number): string {
  const special = formatSpecial(value);
  if (special !== null) return special;
  const { sign, digits, exponent } = shortestDigits(value);
  return sign + plain(digits, exponent);
}

/** Form 'g': an exponent below 1e-4 and from 1e+21 on never, from 7 integer digits always. */
export function formatFloatCompact(value: number): string {
  const special = formatSpecial(value);
  if (special !== null) return special;
  const { sign, digits, exponent } = shortestDigits(value);
  // Go decides as if six digits had been asked for when it prints the shortest form.
  const scientific = exponent < -4 || exponent >= 6;
  return sign + (scientific ? withExponent(digits, exponent) : plain(digits, exponent));
}

/** Sample values in JSON: form 'f', but 'e' below 1e-6 and from 1e21 on. */
export function formatSampleValue(value: number): string {
  const special = formatSpecial(value);
  if (special !== null) return special;
  const size = Math.abs(value);
  const { sign, digits, exponent } = shortestDigits(value);
  const scientific = size !== 0 && (size < 1e-6 || size >= 1e21);
  return sign + (scientific ? withExponent(digits, exponent) : plain(digits, exponent));
}

/** Values of `le` and `quantile` labels: form 'g' with a decimal point or an exponent. */
export function formatLabelFloat(value: number): string {
  const text = formatFloatCompact(value);
  return Number.isFinite(value) && !/[.e]/.test(text) ? `${text}.0` : text;
}

interface Digits {
  readonly sign: string;
  /** Significant digits without a point, at least one. */
  readonly digits: string;
  /** Decimal exponent of the first digit. */
  readonly exponent: number;
}

function formatSpecial(value: number): string | null {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  return null;
}

function shortestDigits(value: number): Digits {
  const [mantissa = "0", exponent = "0"] = Math.abs(value).toExponential().split("e");
  return {
    sign: value < 0 || Object.is(value, -0) ? "-" : "",
    digits: mantissa.replace(".", ""),
    exponent: Number(exponent),
  };
}

function plain(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = exponent + 1;
  if (digits.length <= whole) return digits + "0".repeat(whole - digits.length);
  return `${digits.slice(0, whole)}.${digits.slice(whole)}`;
}

function withExponent(digits: string, exponent: number): string {
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
  const size = Math.abs(exponent);
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${size < 10 ? "0" : ""}${size}`;
}
