/** Settings the public conformance scripts are written for; a node they run against has the same. */
import type { QueryLimits } from "../query-options.ts";

export interface ScriptSettings {
  readonly lookbackMs: number;
  readonly defaultSubqueryStepMs: number;
  readonly limits: QueryLimits;
}

export const SCRIPT_SETTINGS: ScriptSettings = {
  lookbackMs: 5 * 60_000,
  defaultSubqueryStepMs: 60_000,
  limits: {
    samplesMax: 10_000,
    seriesMax: 10_000,
    bytesMax: 256 * 1024 * 1024,
    timeoutMs: 100_000,
  },
};
