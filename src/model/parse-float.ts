/**
 * Reads a float64 the way Go's `strconv.ParseFloat` does: `le` labels, script values and request
 * parameters must accept exactly what Prometheus accepts, which `Number(text)` does not.
 */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const HEXADECIMAL = /^([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?\d+)$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** The value, or null when the text is no float. Out of range gives an infinity. */
export function parseFloat64(text: string): number | null {
  if (DECIMAL.test(text)) return Number(text);
  const infinite = INFINITE.exec(text);
  if (infinite !== null) {
    return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (/^nan$/i.test(text)) return Number.NaN;
  const hexadecimal = HEXADECIMAL.exec(text);
  return hexadecimal === null ? null : hexadecimalValue(hexadecimal);
}

function hexadecimalValue(match: RegExpExecArray): number | null {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = whole + fraction;
  if (digits === "") return null;
  const size = Number(BigInt(`0x${digits}`)) * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === "-" ? -size : size;
}
