/** The engine in this process over samples in memory: the target that can do all a script asks. */
import { tenantId } from "#model/refs.ts";
import type { Clock } from "#runtime/ports/clock.ts";
import type { QueryWindow } from "../analyze/query-window.ts";
import { Engine } from "../engine.ts";
import type { Expr } from "../parse/ast.ts";
import type { QueryFeatures } from "../query-options.ts";
import type { QueryResult } from "../query-result.ts";
import type { LoadedSeries } from "./classic-to-native.ts";
import { MemoryQueryable } from "./memory-queryable.ts";
import { SCRIPT_SETTINGS } from "./script-settings.ts";
import type { ScriptTarget } from "./script-target.ts";

const TENANT = tenantId(0);

export class EngineTarget implements ScriptTarget {
  readonly #clock: Clock;
  readonly #features: QueryFeatures;
  readonly #signal: AbortSignal = new AbortController().signal;
  #queryable = new MemoryQueryable();

  constructor(clock: Clock, features: QueryFeatures) {
    this.#clock = clock;
    this.#features = features;
  }

  async clear(): Promise<void> {
    this.#queryable = new MemoryQueryable();
  }

  async load(series: readonly LoadedSeries[]): Promise<void> {
    for (const { labels, samples } of series) this.#queryable.append(labels, samples);
  }

  obstacle(): null {
    return null;
  }

  evaluate(expr: Expr, text: string, window: QueryWindow): Promise<QueryResult> {
    const engine = new Engine({
      queryable: this.#queryable,
      clock: this.#clock,
      features: this.#features,
      limits: SCRIPT_SETTINGS.limits,
      lookbackMs: SCRIPT_SETTINGS.lookbackMs,
      defaultSubqueryStepMs: SCRIPT_SETTINGS.defaultSubqueryStepMs,
    });
    return engine.evaluate(expr, { tenant: TENANT, text }, window, this.#signal);
  }
}
