/**
 * The evaluator against dumb twins that look at samples one by one: selection, windows, sums,
 * joins. Inputs are random series with gaps and stale markers.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { labelsOf, labelsRecord } from "#model/labels.ts";
import { tenantId } from "#model/refs.ts";
import { Engine } from "#promql/engine.ts";
import { QUERY_FEATURES_ALL, QUERY_LIMITS_DEFAULT } from "#promql/query-options.ts";
import { MemoryQueryable, type MemorySample } from "#promql/script/memory-queryable.ts";

const STEP_MS = 1000;
const LOOKBACK_MS = 5000;
const WINDOW = { startMs: 4000, endMs: 20_000, stepMs: 1500 };

type Value = number | "stale" | null;
/** One value (or none) per second. */
type Column = readonly Value[];

const column = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -20, max: 20 }) },
    { weight: 2, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constant("stale" as const) },
  ),
  { minLength: 1, maxLength: 24 },
);

function engineOver(series: Readonly<Record<string, readonly Column[]>>): Engine {
  const queryable = new MemoryQueryable();
  for (const [name, columns] of Object.entries(series)) {
    columns.forEach((values, i) => {
      const samples: MemorySample[] = [];
      values.forEach((value, at) => {
        if (value !== null) samples.push({ timeMs: at * STEP_MS, startMs: 0, value });
      });
      const labels = labelsOf([
        ["__name__", name],
        ["i", String(i)],
        ["odd", String(i % 2)],
      ]);
      queryable.append(labels, samples);
    });
  }
  return new Engine({
    queryable,
    clock: { wallMs: () => 0, monoMs: () => 0 },
    features: QUERY_FEATURES_ALL,
    limits: QUERY_LIMITS_DEFAULT,
    lookbackMs: LOOKBACK_MS,
    defaultSubqueryStepMs: 1000,
  });
}

/** Answers as `{labels: {time: value}}`, metric names left out. */
async function ask(engine: Engine, text: string): Promise<Record<string, unknown>> {
  const query = { tenant: tenantId(0), text, ...WINDOW };
  const result = await engine.range(query, new AbortController().signal);
  if (result.kind !== "matrix") throw new Error(result.kind);
  const answers: Record<string, Record<number, number>> = {};
  result.labels.forEach((labels, row) => {
    const { __name__: _, ...rest } = labelsRecord(labels);
    const points: Record<number, number> = {};
    for (let at = result.sampleStart[row]!; at < result.sampleStart[row + 1]!; at++) {
      points[result.timestamps[at]!] = result.values[at]!;
    }
    answers[JSON.stringify(rest)] = points;
  });
  return answers;
}

function steps(): number[] {
  const times: number[] = [];
  for (let t = WINDOW.startMs; t <= WINDOW.endMs; t += WINDOW.stepMs) times.push(t);
  return times;
}

function dumbAt(values: Column, timeMs: number): number | null {
  for (let at = values.length - 1; at >= 0; at--) {
    const sampleMs = at * STEP_MS;
    const value = values[at]!;
    if (sampleMs > timeMs || value === null) continue;
    if (sampleMs <= timeMs - LOOKBACK_MS) return null;
    return value === "stale" ? null : value;
  }
  return null;
}

function dumbWindow(values: Column, endMs: number, rangeMs: number): number[] {
  return values.filter((value, at): value is number => {
    const sampleMs = at * STEP_MS;
    return typeof value === "number" && sampleMs > endMs - rangeMs && sampleMs <= endMs;
  });
}

/** Series `i` gets what `at` says for it at each step; series without any point are left out. */
function table(
  columns: readonly Column[],
  at: (values: Column, timeMs: number, i: number) => number | null,
): Record<string, Record<number, number>> {
  const answers: Record<string, Record<number, number>> = {};
  columns.forEach((values, i) => {
    const points: Record<number, number> = {};
    for (const timeMs of steps()) {
      const value = at(values, timeMs, i);
      if (value !== null) points[timeMs] = value;
    }
    if (Object.keys(points).length === 0) return;
    answers[JSON.stringify({ i: String(i), odd: String(i % 2) })] = points;
  });
  return answers;
}

const columns = fc.array(column, { minLength: 1, maxLength: 5 });

test("instant selectors", async () => {
  await fc.assert(
    fc.asyncProperty(columns, async (a) => {
      expect(await ask(engineOver({ a }), "a")).toEqual(table(a, dumbAt));
    }),
  );
});

const FOLDS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  count_over_time: (values) => values.length,
  sum_over_time: (values) => values.reduce((x, y) => x + y, 0),
  min_over_time: (values) => Math.min(...values),
  max_over_time: (values) => Math.max(...values),
  last_over_time: (values) => values.at(-1)!,
  first_over_time: (values) => values[0]!,
  changes: (values) => values.filter((value, i) => i > 0 && value !== values[i - 1]).length,
  resets: (values) => values.filter((value, i) => i > 0 && value < values[i - 1]!).length,
};

test.each(Object.keys(FOLDS))("%s", async (name) => {
  await fc.assert(
    fc.asyncProperty(columns, fc.integer({ min: 1, max: 9 }), async (a, seconds) => {
      const dumb = table(a, (values, timeMs) => {
        const window = dumbWindow(values, timeMs, seconds * 1000);
        return window.length === 0 ? null : FOLDS[name]!(window);
      });
      expect(await ask(engineOver({ a }), `${name}(a[${seconds}s])`)).toEqual(dumb);
    }),
    { numRuns: 50 },
  );
});

test("aggregation by label", async () => {
  await fc.assert(
    fc.asyncProperty(columns, async (a) => {
      const dumb: Record<string, Record<number, number>> = {};
      a.forEach((values, i) => {
        for (const timeMs of steps()) {
          const value = dumbAt(values, timeMs);
          if (value === null) continue;
          const group = (dumb[JSON.stringify({ odd: String(i % 2) })] ??= {});
          group[timeMs] = (group[timeMs] ?? 0) + value;
        }
      });
      expect(await ask(engineOver({ a }), "sum by (odd) (a)")).toEqual(dumb);
    }),
  );
});

test("one-to-one join", async () => {
  await fc.assert(
    fc.asyncProperty(columns, columns, async (a, b) => {
      const dumb = table(a, (values, timeMs, i) => {
        const left = dumbAt(values, timeMs);
        const right = b[i] === undefined ? null : dumbAt(b[i], timeMs);
        return left === null || right === null ? null : left - right;
      });
      expect(await ask(engineOver({ a, b }), "a - b")).toEqual(dumb);
    }),
  );
});

test("set operators divide the left side", async () => {
  await fc.assert(
    fc.asyncProperty(columns, columns, async (a, b) => {
      const engine = engineOver({ a, b });
      const parts = await ask(engine, "(a and b) or (a unless b)");
      expect(parts).toEqual(await ask(engine, "a"));
    }),
  );
});

test("a subquery over a selector is the selector on the subquery's grid", async () => {
  await fc.assert(
    fc.asyncProperty(columns, async (a) => {
      const dumb = table(a, (values, timeMs) => {
        const found: number[] = [];
        for (let at = Math.floor((timeMs - 6000) / 2000) * 2000 + 2000; at <= timeMs; at += 2000) {
          const value = dumbAt(values, at);
          if (value !== null) found.push(value);
        }
        return found.length === 0 ? null : found.reduce((x, y) => x + y, 0);
      });
      expect(await ask(engineOver({ a }), "sum_over_time(a[6s:2s])")).toEqual(dumb);
    }),
  );
});
