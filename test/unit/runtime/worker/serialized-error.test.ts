import { expect, test } from "vitest";
import { AssertionError } from "#base/assert.ts";
import { deserializeError, serializeError } from "#runtime/worker/serialized-error.ts";

const roundTrip = (error: unknown): Error =>
  deserializeError(structuredClone(serializeError(error)));

test("a failed assertion stays an assertion", () => {
  const error = roundTrip(new AssertionError("head: min 5 > max 3"));
  expect(error).toBeInstanceOf(AssertionError);
  expect(error.name).toBe("AssertionError");
});

test("what was thrown and is no error becomes one", () => {
  expect(roundTrip("text")).toMatchObject({ name: "Error", message: "text" });
  expect(roundTrip(undefined).message).toBe("undefined");
});

test("a chain of causes without end is cut", () => {
  const loop = new Error("loop");
  loop.cause = loop;
  let depth = 0;
  for (let at: unknown = roundTrip(loop); at instanceof Error; at = at.cause) depth += 1;
  expect(depth).toBe(9);
});

test("the stack is the one of the thread that failed", () => {
  const error = new RangeError("far");
  error.stack = "RangeError: far\n    at elsewhere";
  expect(roundTrip(error)).toMatchObject({ name: "RangeError", stack: error.stack });
});
