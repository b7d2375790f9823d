/** Comparison of template values: only like kinds compare, as Go has it. */
import { TemplateError } from "./template-error.ts";
import { isList, typeName } from "./template-value.ts";
import type { TemplateValue } from "./template-value.ts";

export function equalValues(a: TemplateValue, b: TemplateValue): boolean {
  const [x, y] = comparable(a, b);
  return x === y;
}

/** Negative, zero or positive. */
export function compareValues(a: TemplateValue, b: TemplateValue): number {
  const [x, y] = comparable(a, b);
  if (typeof x === "boolean" || x === null) {
    throw new TemplateError(`invalid type for comparison: ${typeName(a)}`);
  }
  return x < y! ? -1 : x > y! ? 1 : 0;
}

type Basic = string | number | boolean | null;

function comparable(a: TemplateValue, b: TemplateValue): readonly [Basic, Basic] {
  const [x, y] = [basic(a), basic(b)];
  if (typeName(a) !== typeName(b) && a !== null && b !== null) {
    throw new TemplateError(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
  }
  return [x, y];
}

function basic(value: TemplateValue): Basic {
  if (value === null || typeof value !== "object") return value;
  if (!isList(value) && value.type === "integer") return value.value;
  throw new TemplateError(`invalid type for comparison: ${typeName(value)}`);
}
