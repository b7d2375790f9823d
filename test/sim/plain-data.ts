/**
 * Messages and effects must be data: then they can cross a thread, be recorded and be replayed.
 * `copyOfData` copies them as a thread boundary would (errors excepted, which have a codec of their
 * own) and asserts on anything that is not data.
 */
import { assert } from "#base/assert.ts";

/** Deeper nesting than this is a reference loop. */
const DEPTH_MAX = 32;

export function copyOfData<T>(value: T, depth = 0): T {
  assert(depth < DEPTH_MAX, "sim: a message is nested without end");
  if (typeof value !== "object" || value === null) {
    const isData = typeof value !== "function" && typeof value !== "symbol";
    assert(isData, () => `sim: got a ${typeof value} in a message, want data`);
    return value;
  }
  if (value instanceof Error || value instanceof SharedArrayBuffer) return value;
  if (ArrayBuffer.isView(value)) {
    // A view of shared memory is passed as it is: sharing is its point.
    return value.buffer instanceof SharedArrayBuffer ? value : structuredClone(value);
  }
  if (Array.isArray(value)) return value.map((item: unknown) => copyOfData(item, depth + 1)) as T;
  if (value instanceof Map || value instanceof Set || value instanceof ArrayBuffer) {
    return structuredClone(value);
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  assert(
    prototype === Object.prototype || prototype === null,
    () => `sim: got a ${value.constructor.name} in a message, want a plain record`,
  );
  const entries = Object.entries(value).map(([key, item]) => [key, copyOfData(item, depth + 1)]);
  return Object.fromEntries(entries) as T;
}
