/** `/api/v1/labels`: the label names in use. */
import type { Endpoint } from "./api-scope.ts";
import { namesAnswer } from "./names-answer.ts";
import { missingPartsOf } from "./partial-response.ts";
import { selectRanges } from "./select-ranges.ts";

export const answerLabels: Endpoint = async (request, params, scope, signal) => {
  const limit = params.limit();
  const selections = selectRanges(request.tenant, params);
  const missing = missingPartsOf(params, "warn");
  const find = selections.map((select) =>
    scope.queryable.labelNames({ ...select, missing }, signal),
  );
  return namesAnswer(await Promise.all(find), limit, missing);
};
