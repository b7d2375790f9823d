/** `/api/v1/label/<name>/values`: the values of one label. */
import { badParameter } from "./api-errors.ts";
import type { Endpoint } from "./api-scope.ts";
import { namesAnswer } from "./names-answer.ts";
import { missingPartsOf } from "./partial-response.ts";
import { selectRanges } from "./select-ranges.ts";
import { unescapeLabelName } from "./unescape-label-name.ts";

const PATH = /^\/api\/v1\/label\/([^/]+)\/values$/;

export const answerLabelValues: Endpoint = async (request, params, scope, signal) => {
  const label = labelOf(request.path);
  const limit = params.limit();
  const selections = selectRanges(request.tenant, params);
  const missing = missingPartsOf(params, "warn");
  const find = selections.map((select) =>
    scope.queryable.labelValues({ ...select, label, missing }, signal),
  );
  return namesAnswer(await Promise.all(find), limit, missing);
};

function labelOf(path: string): string {
  const encoded = PATH.exec(path)?.[1] ?? "";
  let name: string;
  try {
    name = unescapeLabelName(decodeURIComponent(encoded));
  } catch {
    throw badParameter("name", `got ${JSON.stringify(encoded)}, want a percent-encoded label name`);
  }
  if (name === "") throw badParameter("name", "got nothing, want a label name");
  return name;
}
