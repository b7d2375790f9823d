/**
 * Findings of a query that do not stop it: warnings (the answer may not be what was meant) and
 * infos. A text is kept once, at the place where it came up last, as Prometheus has it; details of
 * repeated findings are gathered into one.
 */
import { formatFloatCompact } from "#model/format-float.ts";
import { lineColumnAt } from "./parse/line-column.ts";

export type AnnotationLevel = "warning" | "info";

/** Half-open range of UTF-16 offsets in the query's text. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

export interface Annotation {
  readonly level: AnnotationLevel;
  /** Full text without the place, starting `PromQL warning: ` or `PromQL info: `. */
  readonly message: string;
  /** Goes between message and place when shown; often empty. */
  readonly detail: string;
  readonly range: TextRange | null;
}

/** Where and how far the counts of a classic histogram had to be raised to make them ascend. */
export interface ForcedCounts {
  readonly minBound: number;
  readonly maxBound: number;
  readonly maxDifference: number;
}

interface Finding extends Annotation {
  range: TextRange | null;
  detail: string;
  /** How often it came up. */
  count: number;
  minMs: number;
  maxMs: number;
  forced: ForcedCounts | null;
}

/** Distinct findings kept. The API shows ten; a query over every metric has one per name. */
const FINDINGS_MAX = 10_000;

export class Annotations {
  readonly #findings: Map<string, Finding> = new Map();

  warn(text: string, range: TextRange | null): void {
    this.#find("warning", `PromQL warning: ${text}`, range);
  }

  /** A warning that shows how often it came up. */
  warnCounted(text: string, range: TextRange | null): void {
    const finding = this.#find("warning", `PromQL warning: ${text}`, range);
    if (finding.count > 1) finding.detail = ` (${finding.count} occurrences)`;
  }

  info(text: string, range: TextRange | null): void {
    this.#find("info", `PromQL info: ${text}`, range);
  }

  forcedMonotonicity(text: string, range: TextRange, timeMs: number, how: ForcedCounts): void {
    const finding = this.#find("info", `PromQL info: ${text}`, range);
    const before = finding.forced ?? how;
    finding.forced = {
      minBound: Math.min(before.minBound, how.minBound),
      maxBound: Math.max(before.maxBound, how.maxBound),
      maxDifference: Math.max(before.maxDifference, how.maxDifference),
    };
    finding.minMs = Math.min(finding.minMs, timeMs);
    finding.maxMs = Math.max(finding.maxMs, timeMs);
  }

  /** A finding of storage; it keeps its own words. */
  foreign(level: AnnotationLevel, message: string): void {
    this.#find(level, message, null);
  }

  /** Findings of somebody who has worked a part out. */
  takeOver(findings: readonly Annotation[]): void {
    for (const { level, message, range } of findings) this.#find(level, message, range);
  }

  list(): readonly Annotation[] {
    return [...this.#findings.values()].map((finding) => {
      const { level, message, detail, range, forced } = finding;
      return {
        level,
        message,
        detail: forced === null ? detail : forcedText(finding, forced),
        range,
      };
    });
  }

  #find(level: AnnotationLevel, message: string, range: TextRange | null): Finding {
    let finding = this.#findings.get(message);
    if (finding === undefined) {
      const times = { minMs: Infinity, maxMs: -Infinity };
      finding = { level, message, detail: "", range, count: 0, ...times, forced: null };
      if (this.#findings.size < FINDINGS_MAX) this.#findings.set(message, finding);
    }
    finding.count++;
    finding.range = range;
    return finding;
  }
}

/** The texts of one level as the API shows them: with ` (line:col)`, both from 1. */
export function renderAnnotations(
  annotations: readonly Annotation[],
  level: AnnotationLevel,
  query: string,
): string[] {
  const texts: string[] = [];
  for (const annotation of annotations) {
    if (annotation.level !== level) continue;
    const { message, detail, range } = annotation;
    texts.push(`${message}${detail}${range === null ? "" : placeText(query, range)}`);
  }
  return texts;
}

function placeText(query: string, range: TextRange): string {
  const { line, column } = lineColumnAt(query, range.start);
  return ` (${line}:${column})`;
}

function forcedText({ count, minMs, maxMs }: Finding, forced: ForcedCounts): string {
  const { minBound, maxBound, maxDifference } = forced;
  const bounds = `${formatFloatCompact(minBound)} to ${formatFloatCompact(maxBound)}`;
  const difference = twoDigits(maxDifference);
  const times = `${secondText(minMs)} to ${secondText(maxMs)}`;
  return (
    `, from buckets ${bounds}, with a max diff of ${difference}, ` +
    `over ${count} samples from ${times}`
  );
}

/** Only what has few binary places lies exactly halfway. */
const TIE_SCALE = 2 ** 30;

/** As `%.2g` of printf: an exponent below -4 and from 2 on. */
function twoDigits(value: number): string {
  const [nearest = "", power = "0"] = value.toExponential(1).split("e");
  // Halfway between two numbers JavaScript takes the larger, printf the even one.
  const [, even] = /^(\d\.[02468])5000000e/.exec(value.toExponential(8)) ?? [];
  const isTie = even !== undefined && Number.isInteger(value * TIE_SCALE);
  const digits = isTie ? even : nearest;
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 2) return String(Number(`${digits}e${power}`));
  const sign = exponent < 0 ? "-" : "+";
  return `${Number(digits)}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** RFC 3339 without fractions. */
function secondText(timeMs: number): string {
  return new Date(Math.floor(timeMs / 1000) * 1000).toISOString().replace(".000Z", "Z");
}
