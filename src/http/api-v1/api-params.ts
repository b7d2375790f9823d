/**
 * The parameters of one API request, read by kind. Every method throws `http.bad-parameter` with the
 * name, what was found and what was wanted. A parameter given twice counts once, the first time.
 */
import { parseDuration } from "#base/units/duration.ts";
import { parseFloat64 } from "#model/parse-float.ts";
import { badParameter } from "./api-errors.ts";
import { parseTime } from "./parse-time.ts";

/** Selectors in one request; each is planned and run by itself. */
const REPEATS_MAX = 256;
const SHOWN_CHARACTERS_MAX = 100;

export class ApiParams {
  readonly #params: URLSearchParams;

  constructor(text: string) {
    this.#params = new URLSearchParams(text);
  }

  /** Empty when absent, as clients that send empty fields mean it. */
  text(name: string): string {
    return this.#params.get(name) ?? "";
  }

  all(name: string): readonly string[] {
    const values = this.#params.getAll(name);
    if (values.length <= REPEATS_MAX) return values;
    throw badParameter(name, `got it ${values.length} times, want at most ${REPEATS_MAX}`);
  }

  timeMs(name: string, absentMs: number): number {
    const text = this.text(name);
    if (text === "") return absentMs;
    const ms = parseTime(text);
    if (ms !== null) return ms;
    throw badParameter(name, `got ${quote(text)}, want seconds since 1970 or an RFC 3339 time`);
  }

  requiredTimeMs(name: string): number {
    this.#require(name, "seconds since 1970 or an RFC 3339 time");
    return this.timeMs(name, 0);
  }

  /** At least 1 ms; null when absent. */
  durationMs(name: string): number | null {
    const text = this.text(name);
    if (text === "") return null;
    const seconds = parseFloat64(text);
    const ms = seconds === null ? parseDuration(text) : Math.round(seconds * 1000);
    if (ms !== null && ms >= 1 && Number.isSafeInteger(ms)) return ms;
    throw badParameter(name, `got ${quote(text)}, want a positive duration such as 15s or 0.5`);
  }

  requiredDurationMs(name: string): number {
    this.#require(name, "a positive duration such as 15s or 0.5");
    return this.durationMs(name) ?? 0;
  }

  /** Infinity when absent or 0, which clients send for "no limit". */
  limit(): number {
    const text = this.text("limit");
    if (text === "") return Number.POSITIVE_INFINITY;
    if (!/^\d{1,15}$/.test(text)) {
      throw badParameter("limit", `got ${quote(text)}, want a whole number, 0 for none`);
    }
    return Number(text) === 0 ? Number.POSITIVE_INFINITY : Number(text);
  }

  #require(name: string, want: string): void {
    if (this.text(name) === "") throw badParameter(name, `got nothing, want ${want}`);
  }
}

function quote(text: string): string {
  const isLong = text.length > SHOWN_CHARACTERS_MAX;
  return JSON.stringify(isLong ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}...` : text);
}
