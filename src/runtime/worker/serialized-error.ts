/**
 * Errors across threads. structuredClone keeps neither our codes nor our classes, so an error is
 * sent as a plain record and built again on the other side, its chain of causes included. The stack
 * that arrives is the one of the thread that failed.
 */
import { AssertionError } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";

/** A chain longer than this is a loop or noise; the rest is cut. */
const CAUSE_DEPTH_MAX = 8;

export interface SerializedError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | null;
  /** Only of an EngineError: its code and what goes with it. */
  readonly engine: {
    readonly code: string;
    readonly retryable: boolean;
    readonly http: number;
    readonly data: Readonly<Record<string, string | number>>;
  } | null;
  readonly cause: SerializedError | null;
}

export function serializeError(error: unknown, depth = 0): SerializedError {
  if (!(error instanceof Error)) {
    return { name: "Error", message: String(error), stack: null, engine: null, cause: null };
  }
  const hasCause = error.cause !== undefined && error.cause !== null && depth < CAUSE_DEPTH_MAX;
  const { code, retryable, http, data } = error as Partial<EngineError>;
  return {
    name: error.name,
    message: error.message,
    stack: error.stack ?? null,
    engine:
      error instanceof EngineError
        ? { code: code!, retryable: retryable!, http: http!, data: data! }
        : null,
    cause: hasCause ? serializeError(error.cause, depth + 1) : null,
  };
}

export function deserializeError(record: SerializedError): Error {
  const cause = record.cause === null ? undefined : deserializeError(record.cause);
  const error = build(record, cause);
  if (record.stack !== null) error.stack = record.stack;
  return error;
}

function build(record: SerializedError, cause: Error | undefined): Error {
  const options = cause === undefined ? {} : { cause };
  if (record.engine !== null) {
    const kind = { ...record.engine, description: record.message };
    return new EngineError(kind, record.message, { data: record.engine.data, ...options });
  }
  const error =
    record.name === "AssertionError"
      ? new AssertionError(record.message)
      : new Error(record.message, options);
  // `name` is a class field of ours and a prototype property of Error: define, never assign.
  Object.defineProperty(error, "name", { value: record.name, configurable: true });
  if (cause !== undefined && error.cause === undefined) error.cause = cause;
  return error;
}
