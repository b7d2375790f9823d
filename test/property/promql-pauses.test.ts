/**
 * Every operator lets the event loop turn after a bounded amount of work, and looks at its signal
 * then: counted in cells between turns, on a clock that says each time that the slice is over.
 * Covers: src/promql/pace.ts, src/promql/columns/row-slices.ts
 */
import { expect, test } from "vitest";
import { tenantId } from "#model/refs.ts";
import { Engine } from "#promql/engine.ts";
import { PROMQL_CANCELED } from "#promql/query-errors.ts";
import { QUERY_FEATURES_ALL, QUERY_LIMITS_DEFAULT } from "#promql/query-options.ts";
import { makeQueryFixture } from "#test/fuzz/queries/query-fixture.ts";

const M = "hostile_total";
/** Each reads M once at least; names say which loops are meant. */
const QUERIES: readonly string[] = [
  M,
  `${M} offset 1m`,
  `-${M}`,
  `${M} * 2`,
  `${M} > 20`,
  `${M} + ${M}`,
  `${M} == on (id) group_left ${M}`,
  `${M} / ignoring (id, kind) group_left vector(2)`,
  `${M} and ${M}`,
  `${M} or ${M}`,
  `${M} unless on (nothing) ${M}`,
  ...["rate", "irate", "changes", "resets", "deriv", "stddev_over_time"].map(
    (name) => `${name}(${M}[5m])`,
  ),
  `quantile_over_time(0.5, ${M}[10m])`,
  `last_over_time(${M}[5m])`,
  `max_over_time(${M}[10m:1m])`,
  `predict_linear(${M}[5m], 60)`,
  ...["sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"].map((op) => `${op}(${M})`),
  `sum by (id) (${M})`,
  `quantile(0.5, ${M})`,
  `topk(3, ${M})`,
  `bottomk by (kind) (2, ${M})`,
  `count_values("v", ${M} > 640)`,
  `limitk(10, ${M})`,
  `limit_ratio(0.5, ${M})`,
  ...["abs", "ceil", "sqrt", "sgn", "sin", "timestamp", "hour"].map((name) => `${name}(${M})`),
  `round(${M}, 5)`,
  `clamp(${M}, 1, 50)`,
  `absent(${M})`,
  `scalar(sum(${M})) + ${M}`,
  `label_replace(${M}, "a", "$1", "id", "(.*)")`,
  `label_join(${M}, "a", "-", "id", "kind")`,
  `histogram_quantile(0.9, label_replace(${M}, "le", "1", "", ""))`,
  `histogram_avg(native_seconds)`,
  `sum(native_seconds) * 2`,
  `info(${M})`,
];
/** Two milliseconds of plain work, as measured; a histogram counts as many cells. */
const CELLS_MAX = 131_072;
const STEP_MS = 4000;
const STEPS = 400;

const { data, queryable } = await makeQueryFixture(1);
const WINDOW = {
  startMs: data.startMs,
  endMs: data.startMs + (STEPS - 1) * STEP_MS,
  stepMs: STEP_MS,
};

async function run(text: string, turned: () => void, signal: AbortSignal): Promise<number> {
  let looks = 0;
  const engine = new Engine({
    queryable,
    // Past the end of any slice whenever somebody looks, and never past a deadline.
    clock: { wallMs: () => 0, monoMs: () => ++looks * 20 },
    features: QUERY_FEATURES_ALL,
    limits: { ...QUERY_LIMITS_DEFAULT, timeoutMs: 1e9 },
    lookbackMs: 300_000,
    defaultSubqueryStepMs: 60_000,
    yieldTurn: () => {
      turned();
      return Promise.resolve();
    },
  });
  const { stats } = await engine.range({ tenant: tenantId(0), text, ...WINDOW }, signal);
  return stats.seriesRead;
}

test.each(QUERIES)("%s pauses, and ends when it is told to", async (text) => {
  let turns = 0;
  const series = await run(text, () => turns++, new AbortController().signal);
  const cells = series * STEPS;
  expect(cells / Math.max(turns, 1), `${turns} turns`).toBeLessThanOrEqual(CELLS_MAX);
  for (const at of new Set([1, turns])) {
    const controller = new AbortController();
    let turned = 0;
    const isLast = (): void => {
      if (++turned === at) controller.abort();
    };
    await expect(run(text, isLast, controller.signal)).rejects.toMatchObject({
      code: PROMQL_CANCELED.code,
    });
    expect(turned).toBe(at);
  }
});
