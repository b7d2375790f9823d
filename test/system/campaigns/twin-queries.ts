/**
 * Two hundred fixed queries over the series of a ledger, and the comparison of two nodes that hold
 * the same samples: the answers must be the same bytes, whatever became of each node on the way.
 */
export const TWIN_QUERIES = 200;

const FUNCTIONS = [
  "rate",
  "increase",
  "irate",
  "delta",
  "idelta",
  "deriv",
  "avg_over_time",
  "sum_over_time",
  "min_over_time",
  "max_over_time",
  "count_over_time",
  "last_over_time",
  "stddev_over_time",
  "stdvar_over_time",
  "present_over_time",
  "changes",
  "resets",
] as const;
const AGGREGATIONS = ["sum", "avg", "min", "max", "count", "stddev", "stdvar", "group"] as const;
const GROUPINGS = ["", " by (connection)", " without (index)"] as const;
/** Of the range of all samples: evaluation times, windows and steps. */
const TIMES = [0.2, 0.55, 0.99] as const;
const WINDOWS = [0.05, 0.3] as const;
const STEP = 0.04;
/** Series that begin late are not there at the first time. */
const EMPTY_MAX: number = TWIN_QUERIES / 4;
const ANSWER_CHARACTERS_MAX = 300;

export interface TwinRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Paths of requests. */
export function twinQueries({ fromMs, toMs }: TwinRange): string[] {
  const ms = (share: number): number => Math.max(1, Math.round(share * (toMs - fromMs)));
  const at = (share: number): string => ((fromMs + ms(share)) / 1000).toFixed(3);
  const instant = (query: string, share: number): string =>
    `query?${new URLSearchParams({ query, time: at(share) })}`;
  const range = (query: string): string => {
    const [start, end] = [at(0), at(1)];
    return `query_range?${new URLSearchParams({ query, start, end, step: `${ms(STEP)}ms` })}`;
  };
  const paths: string[] = [];
  for (const time of TIMES) {
    paths.push(instant("histogram_sum(ledger_histogram)", time));
    const counts = `rate(ledger_histogram[${ms(WINDOWS[1])}ms])`;
    paths.push(instant(`histogram_count(sum by (connection) (${counts}))`, time));
  }
  for (const name of FUNCTIONS) {
    for (const window of WINDOWS) {
      const query = `${name}(ledger{index=~"[0-5]"}[${ms(window)}ms])`;
      for (const time of TIMES) paths.push(instant(query, time));
      paths.push(range(`sum by (connection) (${query})`));
    }
  }
  for (const name of AGGREGATIONS) {
    for (const grouping of GROUPINGS) {
      for (const time of TIMES) paths.push(instant(`${name}${grouping} (ledger)`, time));
    }
  }
  for (const time of TIMES) {
    for (const query of [
      "topk(5, ledger)",
      "quantile by (connection) (0.3, ledger)",
      'ledger{connection="3"} / on (index) ledger{connection="4"}',
      `max_over_time(sum(ledger)[${ms(WINDOWS[1])}ms:${ms(STEP)}ms])`,
      'ledger{fresh!=""} unless ledger{connection="1"}',
    ]) {
      paths.push(instant(query, time));
    }
  }
  return paths.slice(0, TWIN_QUERIES);
}

/** What differs, in words. */
export async function compareTwins(
  url: string,
  twinUrl: string,
  range: TwinRange,
): Promise<string[]> {
  const problems: string[] = [];
  let emptyCount = 0;
  for (const path of twinQueries(range)) {
    const [answer, want] = await Promise.all([ask(url, path), ask(twinUrl, path)]);
    if (answer.includes('"result":[]')) emptyCount++;
    if (answer === want && answer.startsWith('200 {"status":"success"')) continue;
    const [got, wanted] = [answer, want].map((text) => text.slice(0, ANSWER_CHARACTERS_MAX));
    problems.push(`${decodeURIComponent(path)}: got ${got}, its twin says ${wanted}`);
  }
  // Nothing equals nothing: such a comparison would say little.
  if (emptyCount > EMPTY_MAX) problems.push(`${emptyCount} answers are empty`);
  return problems;
}

async function ask(url: string, path: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/${path}`);
  return `${answer.status} ${await answer.text()}`;
}
