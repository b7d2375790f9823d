/** `/api/v1/labels`: the label names in use. */
import type { Endpoint } from "./api-scope.ts";
import { namesAnswer } from "./names-answer.ts";
import { selectRanges } from "./select-ranges.ts";

export const answerLabels: Endpoint = async (request, params, scope, signal) => {
  const limit = params.limit();
  const selections = selectRanges(request.tenant, params);
  const find = selections.map((select) => scope.queryable.labelNames(select, signal));
  return namesAnswer(await Promise.all(find), limit);
};
