/** `/api/v1/series`: the label sets that selectors find. */
import { compareLabels, type Labels, labelsKey } from "#model/labels.ts";
import { badParameter } from "./api-errors.ts";
import type { Endpoint } from "./api-scope.ts";
import { noteList } from "./note-list.ts";
import { missingPartsOf } from "./partial-response.ts";
import { selectRanges } from "./select-ranges.ts";
import { successAnswer } from "./success-answer.ts";
import { writeLabels } from "./write-labels.ts";

export const answerSeries: Endpoint = async (request, params, scope, signal) => {
  const limit = params.limit();
  const selections = selectRanges(request.tenant, params);
  if (params.all("match[]").length === 0) {
    throw badParameter("match[]", "got none, want at least one selector");
  }
  const missing = missingPartsOf(params, "warn");
  const find = selections.map((select) => scope.queryable.series({ ...select, missing }, signal));
  const found = unique(await Promise.all(find)).sort(compareLabels);
  const notes = noteList(found.length > limit, missing);
  return successAnswer((json) => {
    json.raw("[");
    for (const [index, labels] of found.slice(0, limit).entries()) {
      if (index > 0) json.raw(",");
      writeLabels(json, labels);
    }
    json.raw("]");
  }, notes);
};

function unique(lists: readonly (readonly Labels[])[]): Labels[] {
  const [only = [], ...others] = lists;
  if (others.length === 0) return [...only];
  return [...new Map(lists.flat().map((labels) => [labelsKey(labels), labels])).values()];
}
