/** What a leaf plan reads, as a selection. */
import type { LeafPlan } from "#promql/leaf/leaf-plan.ts";
import type { SelectRequest } from "#storage/queryable.ts";

export function leafSelect({ tenant, input, reads, use }: LeafPlan): SelectRequest {
  const { matchers } = input.kind === "select" ? input.selector : input.source.selector;
  return { tenant, matchers, ...reads, use };
}
