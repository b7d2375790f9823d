// Covers: src/http/api-v1/partial-response.ts, src/http/api-v1/note-list.ts, src/storage/missing-parts.ts
import { beforeEach, expect, test } from "vitest";
import { EngineError } from "#base/engine-error.ts";
import { labelsOf } from "#model/labels.ts";
import { shardId } from "#model/refs.ts";
import { SHARD_UNAVAILABLE } from "#storage/storage-errors.ts";
import { COMMON, FakeScope, NOW_MS, textOf } from "./fake-scope.ts";

let scope: FakeScope;

beforeEach(() => {
  scope = new FakeScope();
  // What storage does when shard 7 cannot be read.
  const lose = (missing: { note(shard: number, cause: string): void } | null | undefined): void => {
    if (missing === null || missing === undefined) {
      throw new EngineError(SHARD_UNAVAILABLE, "cannot read shards 7: they failed");
    }
    missing.note(shardId(7), "it failed");
  };
  scope.result = async () => {
    lose(scope.asked.at(-1)!.missing);
    return { ...COMMON, kind: "scalar", timestampMs: NOW_MS, value: 1 };
  };
  scope.names = ({ missing }) => {
    lose(missing);
    return ["a"];
  };
  scope.sets = ({ missing }) => {
    lose(missing);
    return [labelsOf([["__name__", "a"]])];
  };
});

const range = { query: "m", start: "0", end: "1", step: "1" };
const WARNING = "cannot read all of shard 7: it failed; series may be missing";

test.for([
  ["/api/v1/query", { query: "m" }],
  ["/api/v1/query_range", { ...range, partial_response: "abort" }],
  ["/api/v1/labels", { partial_response: "abort" }],
] as const)("%s fails when a shard cannot be read", async ([path, params]) => {
  const answer = await scope.handle(path, params);
  expect(answer.status).toBe(503);
  expect(JSON.parse(textOf(answer))).toMatchObject({
    status: "error",
    errorType: "unavailable",
    error: "cannot read shards 7: they failed",
  });
  expect(answer.headers).not.toHaveProperty("x-partial");
});

test.for([
  ["/api/v1/query", { query: "m", partial_response: "warn" }],
  ["/api/v1/query_range", range],
  ["/api/v1/series", { "match[]": "m" }],
  ["/api/v1/labels", {}],
  ["/api/v1/label/job/values", {}],
] as const)("%s answers with what is left, and says so", async ([path, params]) => {
  const answer = await scope.handle(path, params);
  expect(answer).toMatchObject({ status: 200, headers: { "x-partial": "1" } });
  // The engine puts into its result what it was given to note; the fake one does not.
  if (!path.includes("query")) {
    expect(JSON.parse(textOf(answer))).toMatchObject({ warnings: [WARNING] });
  }
});

test("any other word is refused", async () => {
  const answer = await scope.handle("/api/v1/query", { query: "m", partial_response: "maybe" });
  expect(answer.status).toBe(400);
  expect(textOf(answer)).toContain('got \\"maybe\\", want abort or warn');
});

test("a whole answer is not called partial", async () => {
  scope.names = () => ["a"];
  const answer = await scope.handle("/api/v1/labels");
  expect(answer.headers).not.toHaveProperty("x-partial");
});
