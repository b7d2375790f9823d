/** Switches of the query language, under the names a Prometheus user knows from its flags. */
import { choiceListOption } from "../kinds/choice-list-option.ts";
import type { Option } from "../option.ts";

export type FeatureFlag =
  | "promql-experimental-functions"
  | "promql-duration-expr"
  | "promql-extended-range-selectors"
  | "promql-binop-fill-modifiers"
  | "promql-delayed-name-removal"
  | "use-start-timestamps"
  | "type-and-unit-labels";

export const FEATURES_OPTION: Option<readonly FeatureFlag[]> = choiceListOption<FeatureFlag>({
  description: "Parts of PromQL to switch on, named as the feature flags of Prometheus.",
  words: [
    "promql-experimental-functions",
    "promql-duration-expr",
    "promql-extended-range-selectors",
    "promql-binop-fill-modifiers",
    "promql-delayed-name-removal",
    "use-start-timestamps",
    "type-and-unit-labels",
  ],
});
