/**
 * Asks the engine in this process, over the data in memory, and answers as the API does. Variants of
 * the engine are loaded through this file (`variants/load-variant.ts`), so it imports all of the
 * engine and nothing of the run.
 */
import { EngineError } from "#base/engine-error.ts";
import { successAnswer } from "#http/api-v1/success-answer.ts";
import { writeResult } from "#http/api-v1/write-result.ts";
import { tenantId } from "#model/refs.ts";
import { Engine } from "#promql/engine.ts";
import { PROMQL_PARSE } from "#promql/promql-errors.ts";
import { QUERY_FEATURES_DEFAULT, QUERY_LIMITS_DEFAULT } from "#promql/query-options.ts";
import type { QueryFeatures } from "#promql/query-options.ts";
import type { QueryResult } from "#promql/query-result.ts";
import { MemoryQueryable } from "#promql/script/memory-queryable.ts";
import type { DataSeries } from "../data/data-set.ts";
import type { GeneratedQuery } from "../queries/make-query.ts";
import { answerOf } from "./answer.ts";
import type { Answer } from "./answer.ts";

const TENANT = tenantId(0);
/** As the references are told. */
const LOOKBACK_MS = 300_000;
const SUBQUERY_STEP_MS = 60_000;

export class EngineSubject {
  readonly #engine: Engine;

  constructor(series: readonly DataSeries[], features: Partial<QueryFeatures>) {
    const queryable = new MemoryQueryable();
    for (const { labels, samples } of series) queryable.append(labels, samples);
    this.#engine = new Engine({
      queryable,
      clock: { wallMs: () => 0, monoMs: () => performance.now() },
      features: { ...QUERY_FEATURES_DEFAULT, ...features },
      limits: QUERY_LIMITS_DEFAULT,
      lookbackMs: LOOKBACK_MS,
      defaultSubqueryStepMs: SUBQUERY_STEP_MS,
    });
  }

  async ask(query: GeneratedQuery): Promise<Answer> {
    try {
      return await encoded(await this.#evaluate(query));
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const isParse = error.code === PROMQL_PARSE.code;
      const prefix = isParse ? 'invalid parameter "query": ' : "";
      const errorType = isParse ? "bad_data" : "execution";
      return { kind: "error", errorType, error: prefix + error.message };
    }
  }

  #evaluate({ text, isInstant, startMs, endMs, stepMs }: GeneratedQuery): Promise<QueryResult> {
    const { signal } = new AbortController();
    return isInstant
      ? this.#engine.instant({ tenant: TENANT, text, timeMs: startMs }, signal)
      : this.#engine.range({ tenant: TENANT, text, startMs, endMs, stepMs }, signal);
  }
}

async function encoded(result: QueryResult): Promise<Answer> {
  const { warnings, infos } = result;
  const pace = { yieldTurn: () => Promise.resolve(), signal: new AbortController().signal };
  const { body } = await successAnswer(
    async (json) => {
      json.raw("{");
      await writeResult(json, result, Number.POSITIVE_INFINITY, pace);
      json.raw("}");
    },
    { warnings, infos },
  );
  return answerOf(new TextDecoder().decode(body as Uint8Array));
}
