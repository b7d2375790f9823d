/** `/api/v1/query`: the value of an expression at one moment, by default now. */
import type { Endpoint } from "./api-scope.ts";
import { missingPartsOf } from "./partial-response.ts";
import { queryAnswer, queryOptions } from "./query-answer.ts";

export const answerQuery: Endpoint = async (request, params, scope, signal) => {
  const timeMs = params.timeMs("time", scope.clock.wallMs());
  const missing = missingPartsOf(params, "abort");
  const options = { ...queryOptions(params, scope), missing };
  const query = { tenant: request.tenant, text: params.text("query"), timeMs, ...options };
  const evaluate = () => scope.engine.instant(query, signal);
  return queryAnswer(evaluate, missing, params, scope, signal);
};
