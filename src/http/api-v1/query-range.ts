/** `/api/v1/query_range`: the values of an expression at evenly spaced moments. */
import { EngineError } from "#base/engine-error.ts";
import { API_BAD_PARAMETER, badParameter } from "./api-errors.ts";
import type { Endpoint } from "./api-scope.ts";
import { missingPartsOf } from "./partial-response.ts";
import { queryAnswer, queryOptions } from "./query-answer.ts";

export const answerQueryRange: Endpoint = async (request, params, scope, signal) => {
  const startMs = params.requiredTimeMs("start");
  const endMs = params.requiredTimeMs("end");
  if (endMs < startMs) throw badParameter("end", "got a time before start, want one after it");
  const stepMs = params.requiredDurationMs("step");
  const points = Math.floor((endMs - startMs) / stepMs);
  if (points > scope.pointsPerSeriesMax) {
    const message =
      `cannot evaluate the range: got ${points} points per series, ` +
      `want at most ${scope.pointsPerSeriesMax}; use a larger step or a shorter range`;
    throw new EngineError(API_BAD_PARAMETER, message);
  }
  const missing = missingPartsOf(params, "warn");
  const options = { ...queryOptions(params, scope), missing };
  const text = params.text("query");
  const query = { tenant: request.tenant, text, startMs, endMs, stepMs, ...options };
  const evaluate = () => scope.engine.range(query, signal);
  return queryAnswer(evaluate, missing, params, scope, signal);
};
