/**
 * Decides about one answer: equal to the reference's, excused by a known difference, or wrong. A
 * judge belongs to one data set and one reference; its subject may be a variant with a bug.
 */
import { ALL_PARSE_FEATURES } from "#promql/parse/parse-options.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";
import type { Answer } from "./answers/answer.ts";
import { compareAnswers } from "./answers/compare-answers.ts";
import type { Difference } from "./answers/compare-answers.ts";
import { compareNotes } from "./answers/compare-notes.ts";
import type { EngineSubject } from "./answers/engine-answer.ts";
import type { DataSet } from "./data/data-set.ts";
import type { GeneratedQuery } from "./queries/make-query.ts";
import type { ReferenceKind } from "./references/reference-kinds.ts";
import { KNOWN_DIFFERENCES } from "./rules/known-differences.ts";
import type { KnownDifference } from "./rules/known-differences.ts";
import { toleranceOf } from "./tolerance-of.ts";
import { loadVariant } from "./variants/load-variant.ts";
import type { SourcePatch } from "./variants/source-patch.ts";

export interface Verdict {
  readonly kind: "equal" | "excused" | "different";
  readonly difference: Difference | null;
  /** The rules that excuse it. */
  readonly rules: readonly string[];
  /** The rules that go by what queries contain and match this one, differing or not. */
  readonly matched: readonly string[];
}

/** An engine by what makes it differ from the one in the source. */
export interface Variant {
  readonly name: string;
  readonly patches: readonly SourcePatch[];
}

export const PLAIN: Variant = { name: "plain", patches: [] };

export class Judge {
  readonly #data: DataSet;
  readonly #kind: ReferenceKind;
  readonly #variant: Variant;
  readonly #rules: readonly KnownDifference[];
  readonly #subjects: Map<string, EngineSubject> = new Map();

  constructor(data: DataSet, kind: ReferenceKind, variant: Variant = PLAIN) {
    this.#data = data;
    this.#kind = kind;
    this.#variant = variant;
    this.#rules = KNOWN_DIFFERENCES.filter(({ references }) => references.includes(kind.name));
  }

  /** The engine's answer. */
  async ask(query: GeneratedQuery): Promise<Answer> {
    return (await this.#subject([])).ask(query);
  }

  async judge(query: GeneratedQuery, got: Answer, want: Answer): Promise<Verdict> {
    const expr = parsePromql(query.text, ALL_PARSE_FEATURES);
    const options = { tolerance: toleranceOf(expr), isOrdered: query.isOrdered };
    const matching = this.#rules.filter((rule) => rule.matches?.(expr, query) === true);
    const matched = matching.map(({ name }) => name);
    const compare = (one: Answer): Difference | null =>
      compareAnswers(one, want, options) ?? (this.#kind.hasNotes ? compareNotes(one, want) : null);
    const difference = compare(got);
    if (difference === null) return { kind: "equal", difference, rules: [], matched };
    if (matched.length > 0) return { kind: "excused", difference, rules: matched, matched };
    const agrees = async (rules: readonly KnownDifference[]): Promise<boolean> => {
      const other = await (await this.#subject(rules)).ask(query);
      return compare(other) === null;
    };
    const rules = await this.#excuse(agrees, async (rule) => {
      const other = await (await this.#subject([rule])).ask(query);
      return compareAnswers(other, got, options) !== null;
    });
    return { kind: rules.length > 0 ? "excused" : "different", difference, rules, matched };
  }

  /** One patched rule that explains the difference, else all that have a part in it, else none. */
  async #excuse(
    agrees: (rules: readonly KnownDifference[]) => Promise<boolean>,
    changes: (rule: KnownDifference) => Promise<boolean>,
  ): Promise<string[]> {
    const patching = this.#rules.filter((rule) => rule.patches !== undefined);
    for (const rule of patching) if (await agrees([rule])) return [rule.name];
    if (patching.length < 2 || !(await agrees(patching))) return [];
    const parts: string[] = [];
    for (const rule of patching) if (await changes(rule)) parts.push(rule.name);
    return parts;
  }

  async #subject(rules: readonly KnownDifference[]): Promise<EngineSubject> {
    const name = [this.#variant.name, ...rules.map((rule) => rule.name)].join("+");
    let subject = this.#subjects.get(name);
    if (subject !== undefined) return subject;
    const patches = [...this.#variant.patches, ...rules.flatMap((rule) => rule.patches ?? [])];
    const engine = await loadVariant(name, patches);
    subject = new engine.EngineSubject(this.#data.series, this.#kind.features);
    this.#subjects.set(name, subject);
    return subject;
  }
}
