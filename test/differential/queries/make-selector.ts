/**
 * Instant and range selectors over the families of the data. Matchers of all kinds are made from
 * label values that exist, so that most selectors find something.
 */
import { valuesOf } from "../data/data-set.ts";
import type { Family, FamilyKind } from "../data/data-set.ts";
import { makeRange, makeShift } from "./make-duration.ts";
import type { Scope } from "./scope.ts";
import type { Content, VectorTerm } from "./vector-term.ts";

export interface RangeTerm {
  readonly text: string;
  readonly labels: readonly string[];
  readonly extras: readonly string[];
  readonly content: Content;
  readonly isRough: boolean;
  readonly isSigned?: boolean;
}

const MANY_NAMES = ['__name__=~"memory_bytes|errors_total"', '__name__=~".+_total"'];
const MANY_NAMES_LABELS = ["job", "instance", "code", "area"];
const NATIVE_KINDS: ReadonlySet<FamilyKind> = new Set(["native", "native-gauge", "native-wide"]);

export function contentOf(family: Family): Content {
  if (family.kind === "mixed") return "mixed";
  return NATIVE_KINDS.has(family.kind) ? "histogram" : "float";
}

/** A family to ask about; those of `kinds` where the data has some. */
export function pickFamily({ dice, data }: Scope, isWanted: (family: Family) => boolean): Family {
  const isCommon = ({ kind }: Family): boolean => kind !== "native-wide" || dice.chance(0.12);
  const wanted = data.families.filter((family) => isWanted(family) && isCommon(family));
  return dice.pick(wanted.length > 0 ? wanted : data.families);
}

export function makeSelector(scope: Scope, family: Family): VectorTerm {
  const { dice, language } = scope;
  const smoothed = language.isNewest && dice.chance(0.02) ? " smoothed" : "";
  const shift = makeShift(scope).text;
  return {
    text: seriesText(scope, family) + smoothed + shift,
    // An offset in parentheses would take an operator behind it for its own.
    isTight: !shift.includes("offset ("),
    labels: family.labels,
    extras: family.extras,
    hasManyNames: false,
    content: contentOf(family),
    isRough: false,
  };
}

/** A selector whose series have several names. */
export function makeManyNames(scope: Scope): VectorTerm {
  const { dice } = scope;
  const matchers = [dice.pick(MANY_NAMES)];
  if (dice.chance(0.5)) matchers.push('job="api"');
  return {
    text: `{${matchers.join(",")}}${makeShift(scope).text}`,
    isTight: true,
    labels: MANY_NAMES_LABELS,
    extras: [],
    hasManyNames: true,
    content: "float",
    isRough: false,
  };
}

export function makeRangeSelector(scope: Scope, family: Family, edges = ""): RangeTerm {
  const text = `${seriesText(scope, family)}[${makeRange(scope)}]${edges}`;
  const { labels, extras } = family;
  const content = contentOf(family);
  return { text: text + makeShift(scope).text, labels, extras, content, isRough: false };
}

function seriesText(scope: Scope, family: Family): string {
  const { dice } = scope;
  const matchers: string[] = [];
  for (const label of dice.shuffled(family.labels)) {
    if (dice.chance(family.kind === "bucket" && label === "le" ? 0.02 : 0.15)) {
      matchers.push(makeMatcher(scope, family, label));
    }
  }
  if (dice.chance(0.03)) matchers.push(dice.pick(['missing=""', 'missing!="x"', 'missing!~".+"']));
  if (dice.chance(0.006)) matchers.push('job="nowhere"');
  if (dice.chance(0.05)) return `{${[`__name__="${family.name}"`, ...matchers].join(",")}}`;
  if (scope.language.isNewest && dice.chance(0.03)) {
    return `{${[`"${family.name}"`, ...matchers].join(", ")}}`;
  }
  return matchers.length === 0 ? family.name : `${family.name}{${matchers.join(",")}}`;
}

function makeMatcher(scope: Scope, family: Family, label: string): string {
  const { dice, data } = scope;
  const values = valuesOf(data, family.name, label);
  const value = dice.pick(values.length > 0 ? values : [""]);
  const quoted = JSON.stringify(value);
  const pattern = (text: string): string => JSON.stringify(text);
  const plain = value.replaceAll(/[^a-zA-Z0-9]/g, ".");
  return dice.pick([
    `${label}=${quoted}`,
    `${label}!=${quoted}`,
    `${label}=~${pattern(`${plain}|zzz`)}`,
    `${label}=~${pattern(`${plain.slice(0, 1)}.*`)}`,
    `${label}!~${pattern(`${plain.slice(0, 2)}.?`)}`,
    `${label}=~${pattern(".*")}`,
    `${label}=~${pattern(`(?i:${plain.toUpperCase()})|x{2,3}`)}`,
    `${label}!~${pattern("[b-d]+:.*")}`,
  ]);
}
