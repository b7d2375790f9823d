/**
 * A retention rule as it stands in a configuration: which series, and for how long each resolution of
 * theirs is kept: `tenant=7 {env="dev"} raw=1d 1m=30d 1h=unlimited`.
 */
import { parseDuration } from "#base/units/duration.ts";
import { EngineError } from "#base/engine-error.ts";
import type { Matcher } from "#model/matcher.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";

export interface RetentionText {
  /** Null for all tenants. */
  readonly tenant: number | null;
  /** Empty for all series. */
  readonly matchers: readonly Matcher[];
  /** What is not given is as for all series; Infinity keeps for ever. */
  readonly rawMs?: number;
  readonly minutesMs?: number;
  readonly hoursMs?: number;
}

const TENANT_MAX = 0xffff_ffff;
/** As for the ages of all series. */
const AGE_MS_MIN = 3_600_000;
const NAMES = { raw: "rawMs", "1m": "minutesMs", "1h": "hoursMs" } as const;

/** Null when the text is no such rule. */
export function parseRetentionText(text: string): RetentionText | null {
  const open = text.indexOf("{");
  const close = text.lastIndexOf("}");
  const matchers = open < 0 ? [] : parseSelector(text.slice(open, close + 1));
  if (matchers === null) return null;
  const others = open < 0 ? text : `${text.slice(0, open)} ${text.slice(close + 1)}`;
  let tenant: number | null = null;
  const ages: { [Age in "rawMs" | "minutesMs" | "hoursMs"]?: number } = {};
  for (const part of others.split(/\s+/).filter((word) => word !== "")) {
    const [name = "", value = ""] = part.split("=");
    if (name === "tenant" && tenant === null) {
      tenant = /^\d{1,10}$/.test(value) ? Number(value) : Infinity;
      if (tenant > TENANT_MAX) return null;
      continue;
    }
    const age = Object.hasOwn(NAMES, name) ? NAMES[name as keyof typeof NAMES] : null;
    const ageMs = parseAge(value);
    if (age === null || ageMs === null || ages[age] !== undefined) return null;
    ages[age] = ageMs;
  }
  const isAboutAll = tenant === null && matchers.length === 0;
  return isAboutAll || Object.keys(ages).length === 0 ? null : { tenant, matchers, ...ages };
}

function parseAge(text: string): number | null {
  if (text === "unlimited") return Infinity;
  const ageMs = parseDuration(text);
  return ageMs === null || ageMs < AGE_MS_MIN ? null : ageMs;
}

function parseSelector(text: string): readonly Matcher[] | null {
  try {
    const expr = parsePromql(text);
    return expr.kind === "vector-selector" ? expr.matchers : null;
  } catch (error) {
    if (error instanceof EngineError) return null;
    throw error;
  }
}
