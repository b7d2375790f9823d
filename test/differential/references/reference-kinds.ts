/**
 * The servers Gyre's answers are held against: what starts them, what they understand, which data
 * they are asked about.
 */
import type { QueryFeatures } from "#promql/query-options.ts";
import { findPart } from "#test/support/system-parts.ts";
import type { DataProfile } from "../data/data-set.ts";
import { LANGUAGE_2_42, LANGUAGE_3_14 } from "../queries/language.ts";
import type { Language } from "../queries/language.ts";

export type ReferenceName = "2.42" | "3.14";

export interface ReferenceKind {
  readonly name: ReferenceName;
  readonly language: Language;
  /** The data of its rounds, in turn. */
  readonly profiles: readonly DataProfile[];
  /** Features beyond the defaults, on both sides. */
  readonly features: Partial<QueryFeatures>;
  readonly args: readonly string[];
  /** Its warnings, infos and errors have the texts they have today. */
  readonly hasNotes: boolean;
  /** Path of the program; null when it is not here. */
  find(): string | null;
}

/** Of a server built outside the project. */
export const REFERENCE_3_VARIABLE = "GYRE_TEST_PROMETHEUS_3";

const DELAYED_NAMES = "promql-delayed-name-removal";
/** One data set in so many is asked about with names removed at the end. */
const DELAYED_EVERY = 3;

const FLAGS_3_14 = [
  "promql-experimental-functions",
  "promql-extended-range-selectors",
  "promql-binop-fill-modifiers",
];

/** The reference as it is started for one data set: settings that may be either way alternate. */
export function referenceAt(kind: ReferenceKind, dataIndex: number): ReferenceKind {
  if (kind.name !== "3.14" || dataIndex % DELAYED_EVERY !== DELAYED_EVERY - 1) return kind;
  return {
    ...kind,
    features: { ...kind.features, delayedNameRemoval: true },
    args: kind.args.map((arg) => `${arg},${DELAYED_NAMES}`),
  };
}

export const REFERENCES: Readonly<Record<ReferenceName, ReferenceKind>> = {
  "2.42": {
    name: "2.42",
    language: LANGUAGE_2_42,
    profiles: ["quiet"],
    features: {},
    args: [],
    hasNotes: false,
    find: () => findPart("prometheus"),
  },
  "3.14": {
    name: "3.14",
    language: LANGUAGE_3_14,
    profiles: ["quiet", "edges", "native", "quiet", "edges", "native", "edges"],
    features: { experimentalFunctions: true, extendedRangeSelectors: true, binaryFill: true },
    hasNotes: true,
    args: [`--enable-feature=${FLAGS_3_14.join(",")}`],
    find: () => process.env[REFERENCE_3_VARIABLE] || null,
  },
};
