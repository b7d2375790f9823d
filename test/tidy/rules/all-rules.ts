/**
 * Every tidy rule, in the order they are reported. A rule that is not listed here does not exist.
 */
import type { Rule } from "../rule.ts";
import { bannedCallsRule } from "./banned-calls.ts";
import { headerRule, leftoversRule } from "./comments.ts";
import { cyclesRule } from "./cycles.ts";
import { formatDocsRule } from "./format-docs.ts";
import { layersRule } from "./layers.ts";
import { machineTracesRule } from "./machine-traces.ts";
import { mirroredTestsRule } from "./mirrored-tests.ts";
import { bannedWordsRule, oneConceptRule } from "./names.ts";
import { packagesRule } from "./packages.ts";
import { sizesRule } from "./sizes.ts";

export const ALL_RULES: readonly Rule[] = [
  layersRule,
  cyclesRule,
  sizesRule,
  mirroredTestsRule,
  formatDocsRule,
  bannedCallsRule,
  bannedWordsRule,
  oneConceptRule,
  headerRule,
  leftoversRule,
  packagesRule,
  machineTracesRule,
];
