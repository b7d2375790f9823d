/**
 * Functions of rule templates: those of Go's text/template and those Prometheus adds. A function
 * gets its arguments in order and throws `TemplateError`. Only `query` waits for something.
 */
import { parseDuration } from "#base/units/duration.ts";
import { compareValues, equalValues } from "./compare-values.ts";
import {
  humanize,
  humanize1024,
  humanizeDuration,
  humanizePercentage,
  humanizeTimestamp,
} from "./humanize.ts";
import { sprintf } from "./sprintf.ts";
import { findIn, replaceAll } from "./template-regex.ts";
import { TemplateError } from "./template-error.ts";
import { integer, isList, isTrue, printValue, typeName } from "./template-value.ts";
import type { SampleValue, TemplateValue } from "./template-value.ts";

export interface TemplateContext {
  /** Instant vector at the evaluation time, in the engine's order. */
  readonly query: (expression: string) => Promise<readonly SampleValue[]>;
  readonly nowMs: number;
  readonly externalUrl: string;
  readonly pathPrefix: string;
}

export type TemplateFunction = (
  args: readonly TemplateValue[],
  context: TemplateContext,
) => TemplateValue | Promise<TemplateValue>;

/** A label that carries the value of `query` results converted to text. */
const VALUE_LABEL = "__value__";

export const TEMPLATE_FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map<
  string,
  TemplateFunction
>([
  ["and", (args) => args.find((one) => !isTrue(one)) ?? last(args)],
  ["or", (args) => args.find(isTrue) ?? last(args)],
  ["not", ([value]) => !isTrue(value ?? null)],
  ["len", ([value]) => integer(lengthOf(value ?? null))],
  ["index", ([value, ...keys]) => indexOf(value ?? null, keys)],
  ["slice", ([value, from, to]) => sliceOf(value ?? null, from, to)],
  ["print", (args) => printAll(args)],
  ["println", (args) => `${args.map(printValue).join(" ")}\n`],
  ["printf", ([format, ...args]) => sprintf(text(format), args)],
  ["html", (args) => escapeHtml(printAll(args))],
  ["js", (args) => JSON.stringify(printAll(args)).slice(1, -1)],
  ["urlquery", (args) => encodeQuery(printAll(args))],
  ["eq", ([value, ...others]) => others.some((one) => equalValues(value ?? null, one))],
  ["ne", ([a, b]) => !equalValues(a ?? null, b ?? null)],
  ["lt", ([a, b]) => compareValues(a ?? null, b ?? null) < 0],
  ["le", ([a, b]) => compareValues(a ?? null, b ?? null) <= 0],
  ["gt", ([a, b]) => compareValues(a ?? null, b ?? null) > 0],
  ["ge", ([a, b]) => compareValues(a ?? null, b ?? null) >= 0],

  ["query", async ([expression], { query }) => await query(text(expression))],
  ["first", ([list]) => firstOf(list ?? null)],
  ["label", ([name, sample]) => sampleOf(sample).labels[text(name)] ?? ""],
  ["value", ([sample]) => sampleOf(sample).value],
  ["strvalue", ([sample]) => sampleOf(sample).labels[VALUE_LABEL] ?? ""],
  ["sortByLabel", ([name, list]) => sortedByLabel(text(name), list ?? null)],
  ["args", (args) => argumentMap(args)],
  ["safeHtml", ([value]) => text(value)],
  ["match", ([pattern, value]) => findIn(text(pattern), text(value))],
  [
    "reReplaceAll",
    ([pattern, replacement, value]) => replaceAll(text(pattern), text(replacement), text(value)),
  ],
  ["title", ([value]) => text(value).replaceAll(/(^|[^\p{L}\p{N}_'])\p{L}/gu, upper)],
  ["toUpper", ([value]) => text(value).toUpperCase()],
  ["toLower", ([value]) => text(value).toLowerCase()],
  ["graphLink", ([expression]) => graphPath(text(expression), 0)],
  ["tableLink", ([expression]) => graphPath(text(expression), 1)],
  ["stripPort", ([address]) => stripPort(text(address))],
  ["stripDomain", ([address]) => stripDomain(text(address))],
  ["urlQueryEscape", ([value]) => encodeQuery(text(value))],
  ["humanize", ([value]) => humanize(number(value))],
  ["humanize1024", ([value]) => humanize1024(number(value))],
  ["humanizeDuration", ([value]) => humanizeDuration(number(value))],
  ["humanizePercentage", ([value]) => humanizePercentage(number(value))],
  ["humanizeTimestamp", ([value]) => humanizeTimestamp(number(value))],
  ["toTime", ([value]) => humanizeTimestamp(number(value))],
  ["toDuration", ([value]) => goDuration(number(value))],
  ["parseDuration", ([value]) => durationSeconds(text(value))],
  ["now", (_args, { nowMs }) => nowMs / 1000],
  ["externalURL", (_args, { externalUrl }) => externalUrl],
  ["pathPrefix", (_args, { pathPrefix }) => pathPrefix],
]);

function last(args: readonly TemplateValue[]): TemplateValue {
  return args.at(-1) ?? null;
}

/** Text, or what prints as text. */
function text(value: TemplateValue | undefined): string {
  if (value === undefined || value === null) throw new TemplateError("got nothing, want a string");
  return printValue(value);
}

/** Numbers, and strings that hold one, as all of the humanize functions accept. */
function number(value: TemplateValue | undefined): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value))) {
    return Number(value);
  }
  if (value === "NaN" || value === "+Inf" || value === "-Inf") {
    return value === "NaN" ? Number.NaN : value === "+Inf" ? Infinity : -Infinity;
  }
  if (isRecord(value) && value.type === "integer") return value.value;
  throw new TemplateError(`got ${typeName(value ?? null)}, want a number`);
}

function isRecord(
  value: TemplateValue | undefined,
): value is Exclude<TemplateValue, null | string | number | boolean | readonly TemplateValue[]> {
  return typeof value === "object" && value !== null && !isList(value);
}

function sampleOf(value: TemplateValue | undefined): SampleValue {
  if (isRecord(value) && value.type === "sample") return value;
  throw new TemplateError(`got ${typeName(value ?? null)}, want a sample`);
}

function listOf(value: TemplateValue): readonly TemplateValue[] {
  if (isList(value)) return value;
  throw new TemplateError(`got ${typeName(value)}, want a vector`);
}

function firstOf(value: TemplateValue): TemplateValue {
  const [first] = listOf(value);
  if (first === undefined) throw new TemplateError("first() called on vector with no elements");
  return first;
}

function sortedByLabel(name: string, value: TemplateValue): readonly TemplateValue[] {
  const key = (one: TemplateValue): string => sampleOf(one).labels[name] ?? "";
  return listOf(value).toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

function argumentMap(args: readonly TemplateValue[]): TemplateValue {
  const entries = new Map(args.map((one, i) => [`arg${i}`, one] as const));
  return { type: "map", entries, missing: null };
}

function lengthOf(value: TemplateValue): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (isList(value)) return value.length;
  if (isRecord(value) && value.type === "map") return value.entries.size;
  throw new TemplateError(`len of type ${typeName(value)}`);
}

function indexOf(value: TemplateValue, keys: readonly TemplateValue[]): TemplateValue {
  let at = value;
  for (const key of keys) {
    if (isRecord(at) && at.type === "map") at = at.entries.get(text(key)) ?? at.missing;
    else if (isList(at)) at = at[number(key)] ?? outOfRange(key);
    else throw new TemplateError(`can't index item of type ${typeName(at)}`);
  }
  return at;
}

function outOfRange(key: TemplateValue): never {
  throw new TemplateError(`index out of range: ${printValue(key)}`);
}

function sliceOf(
  value: TemplateValue,
  from: TemplateValue | undefined,
  to: TemplateValue | undefined,
): TemplateValue {
  const start = from === undefined ? 0 : number(from);
  const end = to === undefined ? undefined : number(to);
  if (typeof value === "string") return value.slice(start, end);
  return listOf(value).slice(start, end);
}

/** Spaces go between operands when neither side is a string. */
function printAll(args: readonly TemplateValue[]): string {
  let out = "";
  for (const [i, one] of args.entries()) {
    const before = args[i - 1];
    if (i > 0 && typeof before !== "string" && typeof one !== "string") out += " ";
    out += printValue(one);
  }
  return out;
}

function escapeHtml(value: string): string {
  const names: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&#34;",
    "'": "&#39;",
  };
  return value.replaceAll(/[&<>"']/g, (unit) => names[unit] ?? unit);
}

function encodeQuery(value: string): string {
  return encodeURIComponent(value)
    .replaceAll("%20", "+")
    .replaceAll(/[!'()*]/g, (unit) => {
      return `%${unit.charCodeAt(0).toString(16).toUpperCase()}`;
    });
}

function upper(found: string): string {
  return found.toUpperCase();
}

function graphPath(expression: string, tab: number): string {
  return `/graph?g0.expr=${encodeQuery(expression)}&g0.tab=${tab}`;
}

/** `host:port` without the port; anything else as it is. */
function stripPort(address: string): string {
  const bracketed = /^\[([^\]]*)\]:[^:]*$/.exec(address);
  if (bracketed !== null) return bracketed[1]!;
  return /^([^:]*):[^:]*$/.exec(address)?.[1] ?? address;
}

/** The first part of a host name; addresses stay. */
function stripDomain(address: string): string {
  const port = /:[0-9]+$/.exec(address)?.[0] ?? "";
  const host = port === "" ? address : address.slice(0, -port.length);
  if (/^[0-9.]+$/.test(host) || host.includes(":")) return address;
  return host.split(".")[0]! + port;
}

/** A Go duration of so many seconds, as `1h2m3s` prints. */
function goDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) throw new TemplateError(`duration ${seconds} is out of range`);
  if (seconds === 0) return "0s";
  const sign = seconds < 0 ? "-" : "";
  const total = Math.abs(seconds);
  if (total < 1) {
    const [scale, unit] = total < 1e-6 ? [1e9, "ns"] : total < 1e-3 ? [1e6, "µs"] : [1e3, "ms"];
    return `${sign}${Number((total * scale).toFixed(6))}${unit}`;
  }
  const h = Math.floor(total / 3600);
  const m = Math.floor(total / 60) % 60;
  const s = Number((total % 60).toFixed(9));
  if (h > 0) return `${sign}${h}h${m}m${s}s`;
  return m > 0 ? `${sign}${m}m${s}s` : `${sign}${s}s`;
}

function durationSeconds(value: string): number {
  const ms = parseDuration(value);
  if (ms === null) throw new TemplateError(`not a valid duration string: ${JSON.stringify(value)}`);
  return ms / 1000;
}
