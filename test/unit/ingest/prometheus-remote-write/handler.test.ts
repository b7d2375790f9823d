import { expect, test } from "vitest";
import { EngineError } from "#base/engine-error.ts";
import {
  answerError,
  answerOverloaded,
  answerUnsupported,
  answerVerdict,
} from "#ingest/prometheus-remote-write/handler.ts";
import type { BodyVerdict, Rejection } from "#storage/body-appender.ts";
import { BODY_MALFORMED, LOG_FAILED } from "#storage/storage-errors.ts";
import {
  VERDICT_CONFLICT,
  VERDICT_LABELS_INVALID,
  VERDICT_SERIES_LIMIT,
  VERDICT_SERIES_EMPTY,
} from "#storage/verdict.ts";

const WRITTEN: BodyVerdict = {
  samplesWritten: 97,
  histogramsWritten: 0,
  exemplarsWritten: 0,
  rejectedCount: 0,
  rejections: [],
};

function conflict(series: string, timestampMs: number): Rejection {
  return { verdict: VERDICT_CONFLICT, series, timestampMs, detail: "" };
}

test("a fully stored request has nothing to say", () => {
  expect(answerVerdict(WRITTEN)).toEqual({ status: 204, headers: {}, text: "" });
});

test("the first line names count, verdict, series and timestamp, and what became of the rest", () => {
  const rejections = [conflict('up{job="a"}', 1_700_000_000_123)];
  const answer = answerVerdict({ ...WRITTEN, rejectedCount: 1, rejections });
  expect(answer.status).toBe(400);
  expect(answer.text).toBe(
    "cannot store 1 of the request's samples; the rest was stored (97): " +
      "duplicate timestamp with another value: " +
      'series up{job="a"}, timestamp 1700000000123 ms\n',
  );
});

test("a tenant's limit is a 429", () => {
  const limited = { verdict: VERDICT_SERIES_LIMIT, series: "m", timestampMs: 1, detail: "limit 5" };
  const rejections = [conflict("m", 1), limited];
  const answer = answerVerdict({ ...WRITTEN, rejectedCount: 2, rejections });
  expect(answer.status).toBe(429);
  expect(answer.text).toContain("over the tenant's limit (limits.seriesMax) (limit 5)");
});

test("further rejections get a line each, up to a point", () => {
  const rejections = Array.from({ length: 30 }, (_, i) => conflict(`m${i}`, i));
  const answer = answerVerdict({ ...WRITTEN, rejectedCount: 500, rejections });
  const lines = answer.text.trimEnd().split("\n");
  expect(lines).toHaveLength(21);
  expect(lines[1]).toContain("series m1, timestamp 1 ms");
  expect(lines[20]).toBe("and 480 more");
});

test("a rejected series has its detail and no timestamp", () => {
  const rejection = {
    verdict: VERDICT_LABELS_INVALID,
    series: "m",
    timestampMs: null,
    detail: "name of 300 bytes, want at most 256",
  };
  const verdict = { ...WRITTEN, samplesWritten: 0, rejectedCount: 1, rejections: [rejection] };
  expect(answerVerdict(verdict).text).toBe(
    "cannot store 1 of the request's samples; nothing else was in it: " +
      "invalid labels (name of 300 bytes, want at most 256): series m\n",
  );
});

test("what concerns no series in particular names none", () => {
  const detail = "2 series";
  const rejection = { verdict: VERDICT_SERIES_EMPTY, series: "", timestampMs: null, detail };
  const answer = answerVerdict({ ...WRITTEN, rejectedCount: 2, rejections: [rejection] });
  expect(answer.text).toBe(
    "cannot store 2 of the request's samples; the rest was stored (97): " +
      "series that brings nothing (2 series)\nand 1 more\n",
  );
});

test("the first line fits what senders keep and stays one line", () => {
  const rejections = [conflict(`m{a="x\ny${"z".repeat(2000)}"}`, 1)];
  const { text } = answerVerdict({ ...WRITTEN, rejectedCount: 1, rejections });
  expect(text.length).toBeLessThanOrEqual(1001);
  expect(text.trimEnd().split("\n")).toHaveLength(1);
});

test("retryable trouble says so, permanent does not", () => {
  const retry = answerError(new EngineError(LOG_FAILED, "cannot write the log: device gone"));
  expect(retry).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
  expect(retry.text).toBe("cannot write the log: device gone\n");
  const bad = answerError(new EngineError(BODY_MALFORMED, "cannot decode the body: field 9"));
  expect(bad.status).toBe(400);
  expect(bad.headers["retry-after"]).toBeUndefined();
});

test("a fault is retryable for the sender and tells nothing", () => {
  const answer = answerError(new TypeError("x is undefined"));
  expect(answer.status).toBe(500);
  expect(answer.text).not.toContain("undefined");
});

test("refusals before the body", () => {
  expect(answerUnsupported("why").status).toBe(415);
  expect(answerOverloaded()).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
});
