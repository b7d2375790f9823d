/** Logger of simulated nodes: keeps the last lines with their virtual time, for failure reports. */
import type { Logger } from "#runtime/ports/logger.ts";

/** Enough to see what led to a failure, little enough for thousands of runs. */
const LINES_MAX = 2000;

type Fields = Readonly<Record<string, unknown>>;

export class SimLogger implements Logger {
  readonly lines: string[];
  readonly #fields: Fields;
  readonly #nowMs: () => number;

  constructor(nowMs: () => number, fields: Fields = {}, lines: string[] = []) {
    this.#nowMs = nowMs;
    this.#fields = fields;
    this.lines = lines;
  }

  debug(fields: Fields, message: string): void {
    this.#line("debug", fields, message);
  }

  info(fields: Fields, message: string): void {
    this.#line("info", fields, message);
  }

  warn(fields: Fields, message: string): void {
    this.#line("warn", fields, message);
  }

  error(fields: Fields, message: string): void {
    this.#line("error", fields, message);
  }

  child(fields: Fields): Logger {
    return new SimLogger(this.#nowMs, { ...this.#fields, ...fields }, this.lines);
  }

  #line(level: string, fields: Fields, message: string): void {
    const facts = Object.entries({ ...this.#fields, ...fields }).map(
      ([name, value]) => `${name}=${value instanceof Error ? value.message : String(value)}`,
    );
    this.lines.push(`${this.#nowMs().toFixed(3)} ${level} ${message} ${facts.join(" ")}`);
    if (this.lines.length > LINES_MAX) this.lines.splice(0, LINES_MAX / 2);
  }
}
