/** The selections that a series or label request asks for: one for each `match[]`. */
import type { SelectRequest } from "#storage/queryable.ts";
import { TIMESTAMP_MS_MAX, TIMESTAMP_MS_MIN, type TenantId } from "#model/refs.ts";
import { badParameter } from "./api-errors.ts";
import type { ApiParams } from "./api-params.ts";
import { parseMatchers } from "./parse-matchers.ts";

/** Without `match[]` there is one selection with no matchers: everything in range. */
export function selectRanges(tenant: TenantId, params: ApiParams): readonly SelectRequest[] {
  const minMs = params.timeMs("start", TIMESTAMP_MS_MIN);
  const maxMs = params.timeMs("end", TIMESTAMP_MS_MAX);
  if (maxMs < minMs) throw badParameter("end", "got a time before start, want one after it");
  const selectors = parseMatchers(params);
  const lists = selectors.length === 0 ? [[]] : selectors;
  return lists.map((matchers) => ({ tenant, matchers, minMs, maxMs }));
}
