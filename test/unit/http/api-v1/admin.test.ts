// Covers: src/query/fanout/fanout-admin.ts
import { expect, test } from "vitest";
import { shardId, TIMESTAMP_MS_MAX, TIMESTAMP_MS_MIN } from "#model/refs.ts";
import { FanoutAdmin } from "#query/fanout/fanout-admin.ts";
import type { SelectContract } from "#query/fanout/select-contract.ts";
import { serveSelections } from "#query/fanout/select-host.ts";
import { WorkerClient } from "#runtime/worker/worker-client.ts";
import type { SelectRequest } from "#storage/queryable.ts";
import { linkedPair } from "#test/support/linked-pair.ts";
import { FakeScope, textOf } from "./fake-scope.ts";

const DELETE = "/api/v1/admin/tsdb/delete_series";
const CLEAN = "/api/v1/admin/tsdb/clean_tombstones";

/** A scope whose admin is two workers that write down what they are told. */
function adminScope(): { scope: FakeScope; told: [worker: number, what: unknown][] } {
  const told: [number, unknown][] = [];
  const clients = [0, 1].map((worker) => {
    const [near, far] = linkedPair();
    serveSelections(far, {
      views: () => ({ views: [], failed: [] }),
      stores: () => [],
      pause: () => Promise.resolve(),
      clock: { wallMs: () => 0, monoMs: () => 0 },
      shardCount: 64,
      onDamaged: () => {},
      takeSnapshot: async () => {},
      admin: {
        deleteSeries: async (request: SelectRequest) => void told.push([worker, request]),
        cleanTombstones: async () => void told.push([worker, "clean"]),
      },
    });
    return new WorkerClient<SelectContract>(`worker ${shardId(worker)}`, near);
  });
  const scope = new FakeScope();
  scope.admin = new FanoutAdmin(clients);
  return { scope, told };
}

test("deletions are refused while the admin API is off", async () => {
  const scope = new FakeScope();
  for (const path of [DELETE, CLEAN]) {
    const answer = await scope.handle(path, "match[]=up");
    expect(answer.status).toBe(403);
    expect(JSON.parse(textOf(answer))).toEqual({
      status: "error",
      errorType: "unavailable",
      error: "admin APIs disabled",
    });
  }
});

test("each selector is deleted at every worker, in its range", async () => {
  const { scope, told } = adminScope();
  const { status } = await scope.handle(DELETE, 'match[]=up&match[]={job="a"}&start=10&end=20.5');
  expect(status).toBe(204);
  const range = { tenant: 0, minMs: 10_000, maxMs: 20_500 };
  const up = { ...range, matchers: [{ kind: "=", name: "__name__", value: "up" }] };
  const job = { ...range, matchers: [{ kind: "=", name: "job", value: "a" }] };
  expect(told).toEqual([
    [0, up],
    [1, up],
    [0, job],
    [1, job],
  ]);
});

test("without a range everything of a series goes; a range that ends before it starts is empty", async () => {
  const { scope, told } = adminScope();
  await scope.handle(DELETE, "match[]=up");
  expect(told).toHaveLength(2);
  expect(told[0]?.[1]).toMatchObject({ minMs: TIMESTAMP_MS_MIN, maxMs: TIMESTAMP_MS_MAX });
  const { status } = await scope.handle(DELETE, "match[]=up&start=10&end=5");
  expect(status).toBe(204);
  expect(told).toHaveLength(2);
});

test("a deletion of nothing named is a mistake", async () => {
  const { scope } = adminScope();
  const answer = await scope.handle(DELETE, "");
  expect(answer.status).toBe(400);
  expect(textOf(answer)).toContain('"errorType":"bad_data"');
  expect(textOf(answer)).toContain("no match[] parameter provided");
});

test("cleaning reaches every worker", async () => {
  const { scope, told } = adminScope();
  expect((await scope.handle(CLEAN, "")).status).toBe(204);
  expect(told).toEqual([
    [0, "clean"],
    [1, "clean"],
  ]);
});
