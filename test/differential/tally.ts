/**
 * Counts of a run against one reference, and how they are shown. Knows what makes a run fail: a
 * difference, too few queries with data, a rule that covers too much.
 */
import { hasSeries } from "./answers/answer.ts";
import type { Answer } from "./answers/answer.ts";
import type { Verdict } from "./judge.ts";
import { KNOWN_DIFFERENCES, RULE_SHARE_MAX } from "./rules/known-differences.ts";

/** Fewer queries with data on both sides than this would prove little. */
export const DATA_SHARE_MIN = 0.8;
/** In a run smaller than this a share says nothing about a rule. */
const SHARED_QUERIES_MIN = 5000;

export class Tally {
  readonly #name: string;
  readonly #rules: Map<string, number> = new Map();
  #queries = 0;
  #equal = 0;
  #excused = 0;
  #different = 0;
  #bothData = 0;
  #bothErrors = 0;

  constructor(name: string) {
    this.#name = name;
  }

  add(verdict: Verdict, got: Answer, want: Answer): void {
    this.#queries++;
    if (verdict.kind === "equal") this.#equal++;
    else if (verdict.kind === "excused") this.#excused++;
    else this.#different++;
    if (hasSeries(got) && hasSeries(want)) this.#bothData++;
    if (got.kind === "error" && want.kind === "error") this.#bothErrors++;
    for (const rule of new Set([...verdict.rules, ...verdict.matched])) {
      this.#rules.set(rule, (this.#rules.get(rule) ?? 0) + 1);
    }
  }

  /** What makes the run fail; none when it passes. */
  problems(): string[] {
    const problems: string[] = [];
    if (this.#different > 0) problems.push(`${this.#different} answers differ`);
    if (this.#share(this.#bothData) < DATA_SHARE_MIN) {
      problems.push(`data on both sides for ${this.#percent(this.#bothData)}, want 80 %`);
    }
    if (this.#queries < SHARED_QUERIES_MIN) return problems;
    for (const [rule, count] of this.#rules) {
      if (this.#share(count) <= RULE_SHARE_MAX) continue;
      problems.push(`rule ${rule} covers ${this.#percent(count)} of the queries, want <= 2 %`);
    }
    return problems;
  }

  lines(): string[] {
    const rules = [...this.#rules].map(([name, count]) => {
      const { upstream } = KNOWN_DIFFERENCES.find((rule) => rule.name === name)!;
      return `  rule ${name}: ${count} queries, ${this.#percent(count)} (${upstream})`;
    });
    return [
      ...rules.sort(),
      `  data on both sides: ${this.#percent(this.#bothData)}; ` +
        `errors on both sides: ${this.#percent(this.#bothErrors)}`,
      `${this.#name}: ${this.#queries} queries, ${this.#equal} equal, ` +
        `${this.#excused} excused by rules, ${this.#different} different`,
    ];
  }

  #share(count: number): number {
    return this.#queries === 0 ? 0 : count / this.#queries;
  }

  #percent(count: number): string {
    return `${(this.#share(count) * 100).toFixed(2)} %`;
  }
}
