/**
 * Programmer errors. An assertion states what the code around it guarantees; it stays on in
 * production and, when it fails, kills the actor that ran it (the supervisor replays its log).
 * Operating errors (disk, network, bad input) are never assertions: see `engine-error.ts`.
 */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** Throws `AssertionError` unless `condition` holds. Pass a function when the message costs. */
export function assert(condition: boolean, message: string | (() => string)): asserts condition {
  if (!condition) {
    throw new AssertionError(typeof message === "string" ? message : message());
  }
}

/** Returns `value`, asserting that it is neither null nor undefined. */
export function must<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) {
    throw new AssertionError(`${what}: got ${String(value)}, want a value`);
  }
  return value;
}

/** For the default branch of an exhaustive switch. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: got ${JSON.stringify(value)}`);
}
