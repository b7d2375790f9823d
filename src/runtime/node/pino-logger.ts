/**
 * Logger on pino: one JSON object per line to standard error, written synchronously, so the last
 * lines before a crash are there and every thread may have its own. An `error` field is rendered
 * with its code, data and causes.
 */
import { type Logger as PinoBackend, pino, stdTimeFunctions } from "pino";
import type { Logger } from "../ports/logger.ts";
import { serializeError } from "../worker/serialized-error.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Facts on every line: node id, thread name. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Receives whole lines instead of standard error; for tests. */
  readonly write?: (line: string) => void;
}

const STDERR_FD = 2;

export function createPinoLogger(options: LoggerOptions): Logger {
  const { write } = options;
  const destination =
    write === undefined ? pino.destination({ dest: STDERR_FD, sync: true }) : { write };
  const backend = pino(
    {
      level: options.level,
      base: { ...options.fields },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: serializeField },
    },
    destination,
  );
  return new PinoLogger(backend);
}

class PinoLogger implements Logger {
  readonly #backend: PinoBackend;

  constructor(backend: PinoBackend) {
    this.#backend = backend;
  }

  debug(fields: Readonly<Record<string, unknown>>, message: string): void {
    this.#backend.debug(fields, message);
  }

  info(fields: Readonly<Record<string, unknown>>, message: string): void {
    this.#backend.info(fields, message);
  }

  warn(fields: Readonly<Record<string, unknown>>, message: string): void {
    this.#backend.warn(fields, message);
  }

  error(fields: Readonly<Record<string, unknown>>, message: string): void {
    this.#backend.error(fields, message);
  }

  child(fields: Readonly<Record<string, unknown>>): Logger {
    return new PinoLogger(this.#backend.child({ ...fields }));
  }
}

function serializeField(error: unknown): unknown {
  return error instanceof Error ? serializeError(error) : error;
}
