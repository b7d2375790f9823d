import { expect, test } from "vitest";
import type { Rejection } from "#storage/body-appender.ts";
import { keepRejection } from "#storage/keep-rejection.ts";
import { VERDICT_CONFLICT, VERDICT_SERIES_LIMIT } from "#storage/verdict.ts";

function rejection(verdict: number, series: string): Rejection {
  return { verdict, series, timestampMs: null, detail: "" };
}

test("the first few are kept, and one about a limit in any case", () => {
  const kept: Rejection[] = [];
  for (const series of ["a", "b", "c"]) keepRejection(kept, rejection(VERDICT_CONFLICT, series), 2);
  keepRejection(kept, rejection(VERDICT_SERIES_LIMIT, "d"), 2);
  keepRejection(kept, rejection(VERDICT_SERIES_LIMIT, "e"), 2);
  expect(kept.map(({ series }) => series)).toEqual(["a", "d"]);
});
