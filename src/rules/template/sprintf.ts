/**
 * `printf` of templates: the verbs and flags of Go's fmt that make sense for template values. A verb
 * that does not fit its value prints as Go's `%!verb(type=value)`, it does not fail.
 */
import {
  formatExponential,
  formatFloatGo,
  formatSignificant,
  specialText,
} from "./format-number.ts";
import { quote } from "#promql/parse/go-quote.ts";
import { TemplateError } from "./template-error.ts";
import { isList, printValue, typeName } from "./template-value.ts";
import type { TemplateValue } from "./template-value.ts";

/** Wider fields come from mistakes, and would be allocated. */
const WIDTH_MAX = 1000;
const DEFAULT_PRECISION = 6;
const VERB = /%(?<flags>[-+# 0]*)(?<width>[0-9]+)?(?:\.(?<precision>[0-9]*))?(?<verb>[^]|$)/g;

export function sprintf(format: string, args: readonly TemplateValue[]): string {
  let next = 0;
  const out = format.replaceAll(VERB, (...match) => {
    const { flags = "", width, precision, verb = "" } = match.at(-1) as Record<string, string>;
    if (verb === "%") return "%";
    if (verb === "") return "%!(NOVERB)";
    const value = args[next];
    if (next++ >= args.length || value === undefined) return `%!${verb}(MISSING)`;
    const digits = precision === undefined ? null : Number(precision || "0");
    return padded(formatted(verb, value, digits, flags), Number(width ?? 0), flags);
  });
  if (next >= args.length) return out;
  const extra = args.slice(next).map((one) => `${typeName(one)}=${printValue(one)}`);
  return `${out}%!(EXTRA ${extra.join(", ")})`;
}

function formatted(
  verb: string,
  value: TemplateValue,
  precision: number | null,
  flags: string,
): string {
  switch (verb) {
    case "v":
      return printValue(value);
    case "s":
      return typeof value === "string" ? cut(value, precision) : mistyped(verb, value, isNumeric);
    case "q":
      return typeof value === "string" ? quote(value) : mistyped(verb, value, isNumeric);
    case "t":
      return typeof value === "boolean" ? String(value) : mistyped(verb, value, () => true);
    case "d":
    case "x":
    case "X":
      return formattedInteger(verb, value, flags);
    case "f":
    case "F":
    case "e":
    case "E":
    case "g":
    case "G":
      return formattedFloat(verb, value, precision, flags);
    default:
      return `%!${verb}(${typeName(value)}=${printValue(value)})`;
  }
}

function formattedInteger(verb: string, value: TemplateValue, flags: string): string {
  const isInteger =
    value !== null && typeof value === "object" && !isList(value) && value.type === "integer";
  if (!isInteger) return mistyped(verb, value, () => true);
  const text = value.value.toString(verb === "d" ? 10 : 16);
  const sign = flags.includes("+") && value.value >= 0 ? "+" : "";
  return sign + (verb === "X" ? text.toUpperCase() : text);
}

function formattedFloat(
  verb: string,
  value: TemplateValue,
  precision: number | null,
  flags: string,
): string {
  if (typeof value !== "number") return mistyped(verb, value, () => true);
  const sign = flags.includes("+") && value >= 0 ? "+" : "";
  return sign + (specialText(value) ?? floatText(verb, value, precision));
}

function floatText(verb: string, value: number, precision: number | null): string {
  switch (verb) {
    case "f":
    case "F":
      return value.toFixed(Math.min(precision ?? DEFAULT_PRECISION, 100));
    case "e":
    case "E": {
      const text = formatExponential(value, Math.min(precision ?? DEFAULT_PRECISION, 100));
      return verb === "E" ? text.toUpperCase() : text;
    }
    default: {
      const text =
        precision === null
          ? formatFloatGo(value)
          : formatSignificant(value, Math.min(precision, 100));
      return verb === "G" ? text.toUpperCase() : text;
    }
  }
}

function isNumeric(value: TemplateValue): boolean {
  return typeof value === "number" || typeof value === "boolean";
}

function mistyped(
  verb: string,
  value: TemplateValue,
  isWrong: (value: TemplateValue) => boolean,
): string {
  return isWrong(value) ? `%!${verb}(${typeName(value)}=${printValue(value)})` : printValue(value);
}

function cut(value: string, precision: number | null): string {
  return precision === null ? value : [...value].slice(0, precision).join("");
}

function padded(text: string, width: number, flags: string): string {
  if (width > WIDTH_MAX)
    throw new TemplateError(`printf width ${width}, want at most ${WIDTH_MAX}`);
  if (flags.includes("-")) return text.padEnd(width);
  if (!flags.includes("0") || !/^[+-]?[0-9]/.test(text)) return text.padStart(width);
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}
