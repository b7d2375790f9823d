/** A small part of the long run (`npm run fuzz:queries`), without its limits of time. */
import { expect, test } from "vitest";
import { labelsRecord } from "#model/labels.ts";
import { tenantId } from "#model/refs.ts";
import { Engine } from "#promql/engine.ts";
import { QUERY_FEATURES_ALL, QUERY_LIMITS_DEFAULT } from "#promql/query-options.ts";
import { runQueryCampaign } from "./queries/query-campaign.ts";
import { FIXTURE_SERIES, makeQueryFixture, OBJECT_WORDS } from "./queries/query-fixture.ts";

test("any text is refused as no query, or answered, or refused with a known code", async () => {
  const { faults, parsed, answered } = await runQueryCampaign({
    seed: 1,
    count: 1500,
    isTimed: false,
    progress: () => {},
  });
  expect(faults).toEqual([]);
  expect(parsed).toBeGreaterThan(300);
  expect(answered).toBeGreaterThan(parsed * 0.9);
});

test("names that every object has are plain labels and plain metrics", async () => {
  const { data, queryable } = await makeQueryFixture(1);
  const engine = new Engine({
    queryable,
    clock: { wallMs: () => 0, monoMs: () => 0 },
    features: QUERY_FEATURES_ALL,
    limits: QUERY_LIMITS_DEFAULT,
    lookbackMs: 300_000,
    defaultSubqueryStepMs: 60_000,
  });
  const ask = async (text: string): Promise<Map<string, number>> => {
    const query = { tenant: tenantId(0), text, timeMs: data.startMs };
    const result = await engine.instant(query, new AbortController().signal);
    if (result.kind !== "vector") throw new Error(result.kind);
    const shown = result.labels.map((labels) =>
      JSON.stringify(Object.entries(labelsRecord(labels))),
    );
    return new Map(shown.map((labels, row) => [labels, result.values[row]!]));
  };
  for (const [at, word] of OBJECT_WORDS.entries()) {
    const value = OBJECT_WORDS[(at * 7 + 3) % OBJECT_WORDS.length]!;
    const group = JSON.stringify([[word, value]]);
    const counted = await ask(`count by (${word}) ({${word}!="", kind="hostile"})`);
    expect(counted.size, word).toBe(1);
    const [[labels, count]] = [...counted] as [[string, number]];
    expect(labels).toBe(group);
    const matched = await ask(
      `count by (${word}) ({${word}="${value}"} * on (id, ${word}) {kind="hostile"})`,
    );
    expect(matched).toEqual(new Map([[group, count]]));
    const named = await ask(`count({"${word}", kind="hostile"}) or vector(0)`);
    const expected = at % 3 === 0 ? count : 0;
    expect([...named.values()], word).toEqual([expected]);
    const replaced = await ask(`label_replace(vector(1), "${word}", "$1", "", "()")`);
    expect([...replaced.values()]).toEqual([1]);
  }
});

test("the fixture has the series it promises", async () => {
  const { queryable } = await makeQueryFixture(1);
  const request = { tenant: tenantId(0), matchers: [], minMs: -Infinity, maxMs: Infinity };
  await using set = queryable.select(request, new AbortController().signal);
  let series = 0;
  for (let batch = await set.next(); batch !== null; batch = await set.next()) {
    series += batch.labels.length;
  }
  expect(series).toBe(FIXTURE_SERIES);
});
