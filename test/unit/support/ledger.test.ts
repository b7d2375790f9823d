/** The judge of the crash campaigns must notice each kind of loss, or their success means nothing. */
import { expect, test } from "vitest";
import { Ledger } from "#test/support/ledger.ts";
import type { StoredSeries } from "#test/support/ledger.ts";

const BASE_MS = 1_700_000_000_123;
const ALL = { connection: 0, from: 0, to: 5 };

/** Five requests sent, all but the fourth acknowledged. */
function fiveSent(): Ledger {
  const ledger = new Ledger({ connections: 1, seriesPerConnection: 2, baseMs: BASE_MS });
  for (let n = 1; n <= 5; n++) {
    ledger.send(0);
    if (n !== 4) ledger.acknowledge(0, n);
  }
  return ledger;
}

function storedOf(ledger: Ledger, numbers: readonly (readonly number[])[]): StoredSeries {
  return new Map(
    numbers.map((ofSeries, index) => [
      index,
      ofSeries.map((n) => [(BASE_MS + n) / 1000, String(ledger.value(0, index, n))] as const),
    ]),
  );
}

function problemsOf(numbers: readonly (readonly number[])[], window = ALL): string[] {
  const ledger = fiveSent();
  return ledger.check(window, storedOf(ledger, numbers));
}

const ACKED = [1, 2, 3, 5];
const SENT = [1, 2, 3, 4, 5];

test("acknowledged requests are enough, and an unacknowledged one may be stored in part", () => {
  expect(problemsOf([ACKED, ACKED])).toEqual([]);
  expect(problemsOf([SENT, SENT])).toEqual([]);
  expect(problemsOf([SENT, ACKED])).toEqual([]);
});

test("a lost acknowledged request is noticed", () => {
  expect(problemsOf([ACKED, [1, 5]])).toEqual([
    "connection 0 series 1: 2 acknowledged requests lost, 2 to 3",
  ]);
  expect(problemsOf([ACKED])).toEqual([
    "connection 0 series 1: 4 acknowledged requests lost, 1 to 5",
  ]);
});

test("a doubled, a wrong and an unsent sample are noticed", () => {
  expect(problemsOf([ACKED, [1, 2, 2, 3, 5]])).toEqual([
    "connection 0 series 1: request 2 stored twice",
  ]);
  expect(problemsOf([ACKED, [...ACKED, 6]])).toEqual([
    "connection 0 series 1: request 6 was never sent",
  ]);
  expect(problemsOf([ACKED, ACKED, ACKED])).toEqual([
    "connection 0: got series 2, which was never sent",
  ]);
  const ledger = fiveSent();
  const swapped = storedOf(ledger, [ACKED, ACKED]);
  const twisted = new Map([...swapped].map(([index, samples]) => [1 - index, samples]));
  expect(ledger.check(ALL, twisted)).toHaveLength(8);
});

test("a window judges its own requests only", () => {
  const late = { connection: 0, from: 2, to: 5 };
  expect(
    problemsOf(
      [
        [3, 5],
        [3, 5],
      ],
      late,
    ),
  ).toEqual([]);
  expect(
    problemsOf(
      [
        [2, 3, 5],
        [3, 5],
      ],
      late,
    ),
  ).toEqual(["connection 0 series 0: request 2 outside of the window"]);
});

test("what a recovered node has shown neither goes nor comes back", () => {
  const ledger = fiveSent();
  ledger.settle(ALL, storedOf(ledger, [SENT, ACKED]));
  expect(ledger.check(ALL, storedOf(ledger, [SENT, ACKED]))).toEqual([]);
  expect(ledger.check(ALL, storedOf(ledger, [ACKED, ACKED]))).toEqual([
    "connection 0 series 0: request 4 was shown, and is gone",
  ]);
  expect(ledger.check(ALL, storedOf(ledger, [SENT, SENT]))).toEqual([
    "connection 0 series 1: request 4 was gone, and is back",
  ]);
  // A second reading changes nothing that the first has settled.
  ledger.settle(ALL, storedOf(ledger, [SENT, SENT]));
  expect(ledger.check(ALL, storedOf(ledger, [SENT, SENT]))).toHaveLength(1);
});

test("values are finite, differ, and survive their decimal text", () => {
  const ledger = fiveSent();
  const seen = new Set<number>();
  for (let n = 1; n <= 1000; n++) {
    const value = ledger.value(0, 1, n);
    expect(Number.isFinite(value)).toBe(true);
    expect(Number(String(value))).toBe(value);
    seen.add(value);
  }
  expect(seen.size).toBe(1000);
});
