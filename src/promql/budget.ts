/**
 * What one query holds in memory and has read, against its limits. Samples count once per matrix
 * that is alive; bytes count the columns behind them, present or not.
 */
import { EngineError } from "#base/engine-error.ts";
import { PROMQL_LIMIT } from "./query-errors.ts";
import type { QueryLimits } from "./query-options.ts";

/** A value, its kind, and as much again for the scalar beside it. */
const ROW_STEP_BYTES = 18;

export class Budget {
  readonly #limits: QueryLimits;
  #samples = 0;
  #bytes = 0;
  peakSamples = 0;
  samplesRead = 0;
  seriesRead = 0;

  constructor(limits: QueryLimits) {
    this.#limits = limits;
  }

  get limits(): QueryLimits {
    return this.#limits;
  }

  get samples(): number {
    return this.#samples;
  }

  get bytes(): number {
    return this.#bytes;
  }

  hold(samples: number): void {
    this.#samples += samples;
    if (this.#samples > this.peakSamples) this.peakSamples = this.#samples;
    if (this.#samples > this.#limits.samplesMax) {
      throw new EngineError(
        PROMQL_LIMIT,
        "query processing would load too many samples into memory in query execution",
        { data: { samplesMax: this.#limits.samplesMax } },
      );
    }
  }

  holdBytes(bytes: number): void {
    this.#bytes += bytes;
    const { bytesMax } = this.#limits;
    if (this.#bytes > bytesMax) {
      throw new EngineError(
        PROMQL_LIMIT,
        `cannot evaluate query: it needs more than ${bytesMax} bytes of samples`,
        { data: { bytesMax } },
      );
    }
  }

  /** One row of so many steps must fit before anything is made for it. */
  assertSteps(steps: number): void {
    this.holdBytes(steps * ROW_STEP_BYTES);
    this.#bytes -= steps * ROW_STEP_BYTES;
  }

  readSeries(series: number, samples: number): void {
    this.seriesRead += series;
    this.samplesRead += samples;
    const { seriesMax } = this.#limits;
    if (this.seriesRead > seriesMax) {
      throw new EngineError(
        PROMQL_LIMIT,
        `cannot evaluate query: it selects more than ${seriesMax} series`,
        { data: { seriesMax } },
      );
    }
  }

  /** Goes back to an earlier state of what is held: what was made since then is gone. */
  rewind(samples: number, bytes: number): void {
    this.#samples = samples;
    this.#bytes = bytes;
  }
}
