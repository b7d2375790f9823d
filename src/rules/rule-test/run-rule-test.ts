/**
 * Runs rule tests: evaluates all groups from the start to the last time asked for, compares firing
 * alerts at the evaluation at or before each alert's time, and expressions at the end. Every
 * expectation counts one; a test that cannot run counts one failure.
 */
import { compareLabels, labelsEqual, labelsOf, labelsRecord } from "#model/labels.ts";
import type { Labels } from "#model/labels.ts";
import { formatFloat } from "#model/format-float.ts";
import { formatHistogram } from "#model/histogram/format-histogram.ts";
import { isExpectedHistogram } from "#promql/script/compare-histograms.ts";
import { parseHistogramLiteral } from "#promql/script/parse-histogram-literal.ts";
import { parseMetric } from "#promql/script/parse-metric.ts";
import type { Clock } from "#runtime/ports/clock.ts";
import type { RuleGroup } from "../rule-group.ts";
import type { RuleSample } from "../rule-output.ts";
import { RuleBench } from "./rule-bench.ts";
import type {
  AlertTest,
  ExpectedAlert,
  ExpectedSample,
  ExprTest,
  RuleTestFile,
  RuleTestGroup,
} from "./rule-test-file.ts";

export interface RuleTestResult {
  readonly passed: number;
  readonly failures: readonly { readonly place: string; readonly message: string }[];
}

/** A test that would evaluate more often has a wrong interval. */
const EVALUATIONS_MAX = 1_000_000;

export async function runRuleTest(
  file: RuleTestFile,
  groups: readonly RuleGroup[],
  clock: Clock,
): Promise<RuleTestResult> {
  const ordered = orderGroups(file, groups);
  const failures: { place: string; message: string }[] = [];
  let passed = 0;
  for (const test of file.tests) {
    const run = new TestRun(file, ordered, test, clock);
    const found = await run.run();
    passed += found.passed;
    failures.push(...found.failures);
  }
  return { passed, failures };
}

/** Groups named in the order come first; the others follow as they stand in their files. */
function orderGroups(file: RuleTestFile, groups: readonly RuleGroup[]): readonly RuleGroup[] {
  const rank = (group: RuleGroup): number => {
    const at = file.groupEvalOrder.indexOf(group.name);
    return at < 0 ? file.groupEvalOrder.length : at;
  };
  return groups.toSorted((a, b) => rank(a) - rank(b));
}

class TestRun {
  readonly #file: RuleTestFile;
  readonly #test: RuleTestGroup;
  readonly #bench: RuleBench;
  readonly #failures: { place: string; message: string }[] = [];
  #passed = 0;

  constructor(file: RuleTestFile, groups: readonly RuleGroup[], test: RuleTestGroup, clock: Clock) {
    this.#file = file;
    this.#test = test;
    const { evaluationIntervalMs } = file;
    this.#bench = new RuleBench({ clock, groups, evaluationIntervalMs, test });
  }

  async run(): Promise<RuleTestResult> {
    const { series, place, exprTests } = this.#test;
    try {
      this.#bench.load(series);
      await this.#evaluateAll();
      for (const test of exprTests) await this.#checkExpr(test);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#fail(place, error.message);
    }
    return { passed: this.#passed, failures: this.#failures };
  }

  async #evaluateAll(): Promise<void> {
    const { alertTests, exprTests, startMs } = this.#test;
    const intervalMs = this.#file.evaluationIntervalMs;
    const times = [...alertTests, ...exprTests].map(({ evalTimeMs }) => evalTimeMs);
    const lastMs = Math.max(0, ...times);
    if (lastMs / intervalMs > EVALUATIONS_MAX) {
      throw new Error(`more than ${EVALUATIONS_MAX} evaluations up to the last eval_time`);
    }
    for (let at = 0; at <= lastMs; at += intervalMs) {
      await this.#bench.evaluate(startMs + at);
      for (const test of alertTests) {
        if (test.evalTimeMs >= at && test.evalTimeMs < at + intervalMs) this.#checkAlerts(test);
      }
    }
  }

  #checkAlerts(test: AlertTest): void {
    const got = this.#bench
      .firing(test.alertname)
      .map(({ labels, annotations }) => alertText(labels, annotations));
    const want = test.expected.map((alert) => expectedText(test.alertname, alert));
    this.#judge(test.place, `alert ${test.alertname} at ${test.evalTimeMs / 1000}s`, want, got);
  }

  async #checkExpr(test: ExprTest): Promise<void> {
    const { place, expr, evalTimeMs, expected } = test;
    let found: readonly RuleSample[];
    try {
      found = await this.#bench.query(expr, this.#test.startMs + evalTimeMs);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#fail(place, `expr ${JSON.stringify(expr)}: ${error.message}`);
      return;
    }
    const got = found.toSorted((a, b) => compareLabels(a.labels, b.labels));
    const want = expected
      .map((sample) => ({ sample, labels: labelsOfText(sample.labels) }))
      .toSorted((a, b) => compareLabels(a.labels, b.labels));
    const fits =
      got.length === want.length &&
      got.every((one, i) => {
        const { sample, labels } = want[i]!;
        return labelsEqual(one.labels, labels) && this.#sameValue(one, sample);
      });
    if (fits) {
      this.#passed++;
      return;
    }
    const texts = want.map(({ sample, labels }) => `${labelsText(labels)} ${wantedValue(sample)}`);
    const lines = got.map(({ labels, value }) => `${labelsText(labels)} ${valueText(value)}`);
    this.#fail(place, diff(`expr ${JSON.stringify(expr)} at ${evalTimeMs / 1000}s`, texts, lines));
  }

  #sameValue({ value }: RuleSample, expected: ExpectedSample): boolean {
    if (expected.histogram !== null) {
      const literal = parseHistogramLiteral(bracesOff(expected.histogram));
      return (
        typeof value !== "number" &&
        literal.kind === "histogram" &&
        isExpectedHistogram(literal.histogram, value, false)
      );
    }
    if (typeof value !== "number") return false;
    if (Object.is(value, expected.value) || value === expected.value) return true;
    return this.#file.fuzzyCompare && isNeighbour(value, expected.value);
  }

  #judge(place: string, what: string, want: readonly string[], got: readonly string[]): void {
    const wanted = want.toSorted();
    const found = got.toSorted();
    if (wanted.length === found.length && wanted.every((one, i) => one === found[i])) {
      this.#passed++;
    } else {
      this.#fail(place, diff(what, wanted, found));
    }
  }

  #fail(place: string, message: string): void {
    const { name } = this.#test;
    this.#failures.push({ place, message: name === "" ? message : `${name}: ${message}` });
  }
}

function alertText(labels: Labels, annotations: Labels): string {
  return `Labels:${labelsText(labels)} Annotations:${labelsText(annotations)}`;
}

function expectedText(alertname: string, expected: ExpectedAlert): string {
  const labels = labelsOf(new Map([...Object.entries(expected.labels), ["alertname", alertname]]));
  return alertText(labels, labelsOf(Object.entries(expected.annotations)));
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labelsRecord(labels));
  return `{${pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(", ")}}`;
}

function labelsOfText(text: string): Labels {
  const trimmed = text.trim();
  return trimmed === "" || trimmed === "{}" ? labelsOf([]) : parseMetric(trimmed).labels;
}

function valueText(value: RuleSample["value"]): string {
  return typeof value === "number" ? formatFloat(value) : formatHistogram(value);
}

function wantedValue({ value, histogram }: ExpectedSample): string {
  return histogram ?? formatFloat(value);
}

function bracesOff(literal: string): string {
  return literal.trim().replace(/^\{\{/, "").replace(/\}\}$/, "");
}

/** One step of the last place apart. */
function isNeighbour(a: number, b: number): boolean {
  const bits = new BigInt64Array(Float64Array.of(a, b).buffer);
  const distance = bits[0]! - bits[1]!;
  return distance >= -1n && distance <= 1n;
}

function diff(what: string, want: readonly string[], got: readonly string[]): string {
  const lines = (sign: string, texts: readonly string[]): string[] =>
    texts.length === 0 ? [`  ${sign} nothing`] : texts.map((one) => `  ${sign} ${one}`);
  return [what, ...lines("want", want), ...lines("got ", got)].join("\n");
}
