/**
 * Values a template works with, and how Go would print and judge them. Integers and floats are told
 * apart because they print and compare differently.
 */
import { formatFloatGo } from "./format-number.ts";
import { TemplateError } from "./template-error.ts";

export interface SampleValue {
  readonly type: "sample";
  /** Without a prototype, so that any label name is just a name. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface IntegerValue {
  readonly type: "integer";
  readonly value: number;
}

export interface MapValue {
  readonly type: "map";
  readonly entries: ReadonlyMap<string, TemplateValue>;
  /** What a key that is not there gives: maps of strings know their zero value. */
  readonly missing: TemplateValue;
}

export type TemplateValue =
  | null
  | string
  | number
  | boolean
  | IntegerValue
  | SampleValue
  | MapValue
  | readonly TemplateValue[];

export function integer(value: number): IntegerValue {
  return { type: "integer", value };
}

/** A map of strings; absent keys are the empty string. */
export function stringMap(record: Readonly<Record<string, string>>): MapValue {
  return { type: "map", entries: new Map(Object.entries(record)), missing: "" };
}

export function isList(value: TemplateValue): value is readonly TemplateValue[] {
  return Array.isArray(value);
}

/** As `{{value}}` prints it. */
export function printValue(value: TemplateValue): string {
  if (value === null) return "<no value>";
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return formatFloatGo(value);
  if (isList(value)) return `[${value.map(printValue).join(" ")}]`;
  switch (value.type) {
    case "integer":
      return String(value.value);
    case "sample":
      return `{${printValue(stringMap(value.labels))} ${formatFloatGo(value.value)}}`;
    case "map": {
      const pairs = [...value.entries].toSorted(([a], [b]) => (a < b ? -1 : 1));
      return `map[${pairs.map(([key, one]) => `${key}:${printValue(one)}`).join(" ")}]`;
    }
  }
}

/** Go's truth: not the zero value of its kind. */
export function isTrue(value: TemplateValue): boolean {
  if (value === null) return false;
  if (typeof value === "string") return value !== "";
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return value !== 0;
  if (isList(value)) return value.length > 0;
  switch (value.type) {
    case "integer":
      return value.value !== 0;
    case "map":
      return value.entries.size > 0;
    case "sample":
      return true;
  }
}

/** One step of a field chain. */
export function fieldOf(value: TemplateValue, name: string): TemplateValue {
  if (value !== null && typeof value === "object" && !isList(value)) {
    if (value.type === "map") return value.entries.get(name) ?? value.missing;
    if (value.type === "sample") {
      if (name === "Labels") return stringMap(value.labels);
      if (name === "Value") return value.value;
    }
  }
  throw new TemplateError(`can't evaluate field ${name} in type ${typeName(value)}`);
}

export function typeName(value: TemplateValue): string {
  if (value === null) return "nil";
  if (typeof value === "number") return "float64";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (isList(value)) return "list";
  return value.type === "integer" ? "int" : value.type;
}
