/** `/api/v1/query`: the value of an expression at one moment, by default now. */
import type { Endpoint } from "./api-scope.ts";
import { queryAnswer, queryOptions } from "./query-answer.ts";

export const answerQuery: Endpoint = async (request, params, scope, signal) => {
  const timeMs = params.timeMs("time", scope.clock.wallMs());
  const options = queryOptions(params, scope);
  const query = { tenant: request.tenant, text: params.text("query"), timeMs, ...options };
  return queryAnswer(() => scope.engine.instant(query, signal), params, scope, signal);
};
