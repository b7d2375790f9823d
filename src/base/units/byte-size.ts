/**
 * Byte sizes as people write them: a number and a unit (`512MiB`, `1.5 GB`), or a plain whole
 * number of bytes. Units with an `i` are powers of 1024, without one powers of 1000.
 */
const POWERS = "KMGT";
const PATTERN = /^(\d+(?:\.\d+)?)\s*(?:([KMGT])(i?)B|B)?$/i;

/** Whole bytes (rounded down), or null when the text is no size or is beyond 2^53. */
export function parseByteSize(text: string): number | null {
  const match = PATTERN.exec(text);
  if (match === null) return null;
  const [, digits = "", prefix, binary] = match;
  if (prefix === undefined && digits.includes(".")) return null;
  const power = prefix === undefined ? 0 : POWERS.indexOf(prefix.toUpperCase()) + 1;
  const bytes = Math.floor(Number(digits) * (binary === "" ? 1000 : 1024) ** power);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** Exact in the largest binary unit that divides `bytes`, else one decimal of the largest unit. */
export function formatByteSize(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let power = 0;
  while (power < units.length - 1 && bytes >= 1024 ** (power + 1)) power++;
  const scaled = bytes / 1024 ** power;
  return `${Number.isInteger(scaled) ? scaled : scaled.toFixed(1)}${units[power]}`;
}
