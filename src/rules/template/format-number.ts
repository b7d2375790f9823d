/** Numbers as Go's fmt package prints them in templates. */

/** `%v` of a float64: shortest form, an exponent below 1e-4 and from 1e21 on. */
export function formatFloatGo(value: number): string {
  const special = specialText(value);
  if (special !== null) return special;
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [digits, exponent] = value.toExponential().split("e") as [string, string];
  const power = Number(exponent);
  if (power < -4 || power >= 21) return `${digits}e${exponentText(power)}`;
  return plainText(digits, power);
}

/** `%.<precision>g`: so many significant digits, trailing zeros dropped. */
export function formatSignificant(value: number, precision: number): string {
  const special = specialText(value);
  if (special !== null) return special;
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [digits, exponent] = value.toExponential(Math.max(precision, 1) - 1).split("e") as [
    string,
    string,
  ];
  const power = Number(exponent);
  const trimmed = digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
  if (power < -4 || power >= Math.max(precision, 1)) return `${trimmed}e${exponentText(power)}`;
  return plainText(trimmed, power);
}

/** `%.<precision>e`. */
export function formatExponential(value: number, precision: number): string {
  const special = specialText(value);
  if (special !== null) return special;
  const [digits, exponent] = value.toExponential(precision).split("e") as [string, string];
  return `${digits}e${exponentText(Number(exponent))}`;
}

/** NaN and infinities, or null. */
export function specialText(value: number): string | null {
  if (Number.isNaN(value)) return "NaN";
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : null;
}

function exponentText(power: number): string {
  return `${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** `digits` is `[-]d.ddd`; moves the point by `power`. */
function plainText(digits: string, power: number): string {
  const sign = digits.startsWith("-") ? "-" : "";
  const bare = digits.replace("-", "").replace(".", "");
  if (power < 0) return `${sign}0.${"0".repeat(-power - 1)}${bare}`;
  if (bare.length <= power + 1) return sign + bare.padEnd(power + 1, "0");
  return `${sign}${bare.slice(0, power + 1)}.${bare.slice(power + 1)}`;
}
