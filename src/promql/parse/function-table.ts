/**
 * The 90 functions of PromQL 3.14 by name: argument types, arity, result type. The type check reads
 * it and every `Call` node points at its row, so the engine can switch on `func.name`.
 */
import type { ValueType } from "./ast.ts";

export interface FunctionSignature {
  readonly name: string;
  /** Type per position; arguments beyond the list have the type of its last entry. */
  readonly argTypes: readonly ValueType[];
  readonly argCountMin: number;
  /** `Infinity` when there is no upper bound. */
  readonly argCountMax: number;
  readonly returnType: ValueType;
  /** Needs `ParseOptions.experimentalFunctions`. */
  readonly experimental: boolean;
}

const TYPE_OF_LETTER: Readonly<Record<string, ValueType>> = {
  s: "scalar",
  v: "vector",
  m: "matrix",
  t: "string",
};

/**
 * One group per line: `args>result names...`. Arguments are letters (scalar, instant vector, range
 * vector = m, string = t); `?` after a letter: may be absent; `*`: any number, none included;
 * `{n}`: one to n.
 */
const STABLE = [
  "v>v abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg",
  "v>v histogram_count histogram_stddev histogram_stdvar histogram_sum ln log10 log2 rad sgn sin",
  "v>v sinh sort sort_desc sqrt tan tanh timestamp",
  "m>v absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta",
  "m>v increase irate last_over_time max_over_time min_over_time present_over_time rate resets",
  "m>v stddev_over_time stdvar_over_time sum_over_time",
  "v?>v day_of_month day_of_week day_of_year days_in_month hour minute month year",
  "vs>v clamp_max clamp_min",
  "vss>v clamp",
  "vs?>v round",
  "sv>v histogram_quantile",
  "ssv>v histogram_fraction",
  "ms>v predict_linear",
  "sm>v quantile_over_time",
  "vtttt>v label_replace",
  "vttt*>v label_join",
  "v>s scalar",
  "s>v vector",
  ">s pi time",
];

const EXPERIMENTAL = [
  "m>v mad_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time",
  "m>v ts_of_min_over_time",
  "mss>v double_exponential_smoothing",
  "vts{10}>v histogram_quantiles",
  "vv?>v info",
  "vt*>v sort_by_label sort_by_label_desc",
  "v>v start_timestamp",
  "ss>s max_of min_of",
  ">s end range start step",
];

export const FUNCTIONS: ReadonlyMap<string, FunctionSignature> = new Map(
  [
    ...STABLE.flatMap((row) => expand(row, false)),
    ...EXPERIMENTAL.flatMap((row) => expand(row, true)),
  ]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((signature) => [signature.name, signature]),
);

function expand(row: string, experimental: boolean): FunctionSignature[] {
  const [shape = "", ...names] = row.split(" ");
  const [args = "", result = ""] = shape.split(">");
  const argTypes = [...args.matchAll(/[svmt]/g)].map(([letter]) => TYPE_OF_LETTER[letter]!);
  const repeat = /\{(\d+)\}$/.exec(args);
  const optional = args.endsWith("?") || args.endsWith("*");
  const argCountMin = optional ? argTypes.length - 1 : argTypes.length;
  let argCountMax = argTypes.length;
  if (args.endsWith("*")) argCountMax = Number.POSITIVE_INFINITY;
  else if (repeat !== null) argCountMax = argTypes.length - 1 + Number(repeat[1]);
  const returnType = TYPE_OF_LETTER[result]!;
  return names.map((name) =>
    Object.freeze({ name, argTypes, argCountMin, argCountMax, returnType, experimental }),
  );
}
