/**
 * Every difference between Gyre and a reference that is not Gyre's fault, by name, with the change of
 * Prometheus behind it. Where the other behaviour is a few words of code, the rule has it as a patch
 * of the engine, and excuses an answer only when the patched engine gives the reference's one. The
 * others go by what the query contains.
 */
import type { Expr } from "#promql/parse/ast.ts";
import { NATIVE_PLANS } from "../data/family-plans.ts";
import type { QueryTimes } from "../queries/scope.ts";
import type { ReferenceName } from "../references/reference-kinds.ts";
import type { SourcePatch } from "../variants/source-patch.ts";
import { isPinnedRange, isShifted, someCall, someExpr, unwrapped } from "./query-traits.ts";

export interface KnownDifference {
  readonly name: string;
  readonly references: readonly ReferenceName[];
  /** The change of Prometheus, as a pull request or an issue. */
  readonly upstream: string;
  readonly why: string;
  /** Gives the engine the reference's behaviour. */
  readonly patches?: readonly SourcePatch[];
  /** Without patches: whether a query may be answered differently. */
  readonly matches?: (expr: Expr, times: QueryTimes) => boolean;
}

/** No rule may cover more of the queries. */
export const RULE_SHARE_MAX = 0.02;
/** Nor may there be more rules. */
export const RULES_MAX = 15;

const NATIVE_NAMES: ReadonlySet<string> = new Set(NATIVE_PLANS.map(({ name }) => name));

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    name: "rate-zero-point",
    references: ["2.42"],
    upstream: "prometheus/prometheus#13725",
    why: "a counter's zero point beyond half a sample distance no longer extends the window",
    patches: [
      {
        path: "src/promql/functions/range/float-rates.ts",
        find: " && !(value >= 2 * change)",
        replace: "",
      },
      {
        path: "src/promql/functions/range/float-rates.ts",
        find: "this.#toStart[step] = toStart >= reach ? average / 2 : toStart;",
        replace: "this.#toStart[step] = toStart;",
      },
      {
        path: "src/promql/functions/range/float-rates.ts",
        find: "this.#factor[step] = this.#factorOf(step, this.#toStart[step]!);",
        replace:
          "this.#factor[step] = this.#factorOf(step, toStart >= reach ? average / 2 : toStart);",
      },
      {
        path: "src/promql/functions/range/float-rates.ts",
        find: "    return toZero < this.#toStart[step]! ? this.#factorOf(step, toZero) : this.#factor[step]!;\n",
        replace:
          "    if (toZero >= this.#toStart[step]!) return this.#factor[step]!;\n" +
          "    const average = this.#sampledAt(step) / (this.#last[step]! - this.#first[step]!);\n" +
          "    const isFar = toZero >= average * EXTRAPOLATION_REACH;\n" +
          "    return this.#factorOf(step, isFar ? average / 2 : toZero);\n",
      },
      {
        path: "src/promql/functions/range/rate.ts",
        find:
          "    if (toStart >= reach) toStart = average / 2;\n" +
          "    if (kind.isCounter && sampled * share < toStart) toStart = sampled * share;\n",
        replace:
          "    if (kind.isCounter && sampled * share < toStart) toStart = sampled * share;\n" +
          "    if (toStart >= reach) toStart = average / 2;\n",
      },
    ],
  },
  {
    name: "atan2-keeps-name",
    references: ["2.42"],
    upstream: "prometheus/prometheus#12595",
    why: "atan2 drops the metric name like every other arithmetic operator",
    patches: [
      {
        path: "src/promql/operators/binary-scalar.ts",
        find: "return arithmetic !== null || returnBool ?",
        replace: 'return (arithmetic !== null && op !== "atan2") || returnBool ?',
      },
      {
        path: "src/promql/operators/pair-operation.ts",
        find: "      this.#arithmetic !== null || (returnBool",
        replace: '      (this.#arithmetic !== null && op !== "atan2") || (returnBool',
      },
    ],
  },
  {
    name: "dot-excludes-newline",
    references: ["2.42"],
    upstream: "prometheus/prometheus#14505",
    why: "a dot in a regular expression matches a newline too",
    patches: [
      {
        path: "src/model/regex-matcher.ts",
        find: "RE2JS.compile(`^(?s:",
        replace: "RE2JS.compile(`^(?:",
      },
      {
        path: "src/model/regex-matcher.ts",
        find: "return testAffixes(source) ?? testWithEngine(source);",
        replace: "return testWithEngine(source);",
      },
      {
        path: "src/model/regex-replace.ts",
        find: "RE2JS.compile(`^(?s:",
        replace: "RE2JS.compile(`^(?:",
      },
    ],
  },
  {
    name: "variance-of-one-odd-value",
    references: ["2.42"],
    upstream: "prometheus/prometheus#14941",
    why: "stddev and stdvar of a single infinite or NaN value are NaN, not 0",
    patches: [
      {
        path: "src/promql/aggregations/variance.ts",
        find: "Number.isFinite(value) ? 0 : Number.NaN",
        replace: "0",
      },
    ],
  },
  {
    name: "rejected-pairs-unchecked",
    references: ["2.42"],
    upstream: "prometheus/prometheus#17668",
    why: "pairs that a comparison rejects count as matches too, so there may be one too many",
    patches: [
      {
        path: "src/promql/operators/binary-vectors.ts",
        find: "    if (result === null) return;\n    if (this.#plan",
        replace: "    if (result === null || !result) return;\n    if (this.#plan",
      },
    ],
  },
  {
    name: "count-values-loses-labels",
    references: ["2.42"],
    upstream: "prometheus/prometheus#13744",
    why: "count_values keeps its grouping labels in every step, not in the first alone",
    // The label of the values was put into room the list of labels had to spare, and sorted.
    matches: (expr) =>
      someExpr(
        expr,
        (one) =>
          one.kind === "aggregate" &&
          one.op === "count_values" &&
          !one.without &&
          !Number.isInteger(Math.log2(one.grouping.length)),
      ),
  },
  {
    name: "equal-rows-of-topk",
    references: ["2.42"],
    upstream: "prometheus/prometheus#12190",
    why: "a better row replaces the top of the heap; it was taken off and the row added below",
    patches: [
      {
        path: "src/promql/aggregations/best-rows.ts",
        find: "    heap[0] = row;\n    sink(heap, 0, goesUp);\n",
        replace:
          "    heap[0] = heap.pop()!;\n    if (count === 1) heap.length = 0;\n" +
          "    sink(heap, 0, goesUp);\n    heap.push(row);\n    rise(heap, heap.length - 1, goesUp);\n",
      },
    ],
  },
  {
    name: "sums-and-means-reordered",
    references: ["2.42"],
    upstream: "prometheus/prometheus#14074, #14362, #14413",
    why:
      "sums are compensated, so -0 alone gives 0, what overflows is infinite and means divide their " +
      "sum at the end; what cancels leaves another rest",
    patches: [
      {
        path: "src/promql/aggregations/compensated-sums.ts",
        find: "return this.#sums[cell]! + this.#lost[cell]!;",
        replace: "return this.#sums[cell]!;",
      },
      {
        path: "src/promql/aggregations/compensated-sums.ts",
        find: "    this.#sums = grownTo(this.#sums, cells);\n",
        replace:
          "    const known = this.#sums.length;\n" +
          "    this.#sums = grownTo(this.#sums, cells);\n" +
          "    this.#sums.fill(-0, known);\n",
      },
      {
        path: "src/model/compensated-sum.ts",
        find:
          "    if (total === Number.POSITIVE_INFINITY || total === Number.NEGATIVE_INFINITY) this.lost = 0;\n" +
          "    else if",
        replace: "    if",
      },
      {
        path: "src/promql/functions/range/avg-over-time.ts",
        find: "  let sum = floats[floatFrom]!;\n  let lost = 0;\n",
        replace:
          "  let sum = 0;\n  let lost = 0;\n" +
          "  for (let i = floatFrom, count = 1; i < floatTo; i++, count++) {\n" +
          "    if (Math.abs(sum) === Infinity && floats[i]! !== -sum && floats[i]! === floats[i]!) continue;\n" +
          "    const step = floats[i]! / count - sum / count;\n" +
          "    const total = sum + step;\n" +
          "    lost += Math.abs(sum) >= Math.abs(step) ? sum - total + step : step - total + sum;\n" +
          "    sum = total;\n" +
          "  }\n" +
          "  if (floatTo > floatFrom) return Math.abs(sum) === Infinity ? sum : sum + lost;\n",
      },
      {
        path: "src/promql/aggregations/compensated-means.ts",
        find: "    if (this.#running[cell] === 0) {",
        replace:
          "    if (Math.abs(totals[cell]!) === Infinity && value !== -totals[cell]! && value === value) return;\n" +
          "    totals[cell]! += value / count - totals[cell]! / count;\n" +
          "    this.#running[cell] = 1;\n" +
          "    if (count > 1) return;\n" +
          "    if (this.#running[cell] === 0) {",
      },
    ],
  },
  {
    name: "pinned-range-moves",
    references: ["2.42"],
    upstream: "prometheus/prometheus#13559",
    why: "the range of predict_linear under @ stays where it is in all steps",
    matches: (expr, { isInstant }) =>
      (!isInstant || someExpr(expr, ({ kind }) => kind === "subquery")) &&
      someCall(expr, ["predict_linear"], ({ args }) => isPinnedRange(args[0]!)),
  },
  {
    name: "pinned-subquery-lost",
    references: ["2.42", "3.14"],
    upstream: "prometheus/prometheus#19187",
    why: "a subquery under @ is found by calls whose other arguments change from step to step",
    matches: (expr) =>
      someCall(expr, ["predict_linear", "quantile_over_time"], ({ args }) =>
        args.some((arg) => unwrapped(arg).kind === "subquery" && isPinnedRange(arg)),
      ),
  },
  {
    name: "timestamp-forgets-offset",
    references: ["2.42", "3.14"],
    upstream: "prometheus/prometheus#8433 (its fix overwrites the offset)",
    why: "timestamp() of a selector with both @ and offset applies the offset",
    matches: (expr) =>
      someCall(expr, ["timestamp"], ({ args }) => {
        const selector = unwrapped(args[0]!);
        if (selector.kind !== "vector-selector" || selector.at === null) return false;
        return selector.offsetMs !== 0 || selector.offsetExpr !== null;
      }),
  },
  {
    name: "info-not-shifted",
    references: ["3.14"],
    upstream: "prometheus/prometheus#19266",
    why: "info() looks up its labels at the time its argument is shifted to",
    matches: (expr) => someCall(expr, ["info"], ({ args }) => isShifted(args[0]!)),
  },
  {
    name: "info-keeps-name",
    references: ["3.14"],
    upstream: "prometheus/prometheus#19413",
    why: "with delayed name removal, info() hands on that a name is to be removed",
    patches: [
      {
        path: "src/promql/operators/info.ts",
        find: "const dropName = this.#base.dropName[row] === 1;",
        replace: "const dropName = false;",
      },
    ],
  },
  {
    name: "empty-buckets-are-changes",
    references: ["3.14"],
    upstream: "model/histogram FloatHistogram.Equals, unchanged in 3.14",
    why: "empty buckets, which a chunk adds for samples to come, make no histogram another one",
    matches: (expr) =>
      someCall(expr, ["changes"], ({ args }) =>
        someExpr(args[0]!, (one) => {
          return one.kind === "vector-selector" && NATIVE_NAMES.has(one.name);
        }),
      ),
  },
  {
    name: "wide-zero-bucket-counted-twice",
    references: ["3.14"],
    upstream: "model/histogram FloatHistogram.Add, unchanged in 3.14",
    why: "what a widened zero bucket took in is not added again at a coarser resolution",
    matches: (expr) =>
      someExpr(expr, (one) => one.kind === "vector-selector" && one.name === "wide_seconds"),
  },
];
