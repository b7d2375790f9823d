/** The loop over rows of floats against the function that looks at one window: the same bits. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Annotations } from "#promql/annotations.ts";
import { ABSENT, FLOAT } from "#promql/columns/series-matrix.ts";
import { FloatRates } from "#promql/functions/range/float-rates.ts";
import { RATE_KINDS } from "#promql/functions/range/rate-kind.ts";
import { RANGE_FUNCTIONS } from "#promql/functions/range-functions.ts";
import { RangeWindow } from "#promql/functions/range-window.ts";
import { EMPTY_LABELS } from "#model/labels.ts";

const NONE = new Float64Array(0);

const value = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 50 }) },
  { weight: 2, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, Infinity, -Infinity, Number.NaN, 1e308, -1e308) },
);
const samples = fc.oneof(
  fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), value), { maxLength: 40 }),
  // Windows of scrapes at equal distances look all the same.
  fc
    .tuple(fc.constantFrom(10, 30), fc.array(value, { maxLength: 40 }))
    .map(([gap, values]) => values.map((one): [number, number] => [gap, one])),
);

test("rows are filled as single windows are, in slices of any size", () => {
  fc.assert(
    fc.property(
      samples,
      fc.constantFrom(...RATE_KINDS.keys()),
      fc.record({
        firstEndMs: fc.integer({ min: -50, max: 400 }),
        stepMs: fc.oneof(fc.integer({ min: 0, max: 90 }), fc.constantFrom(10, 30)),
        rangeMs: fc.integer({ min: 1, max: 300 }),
      }),
      fc.integer({ min: 1, max: 12 }),
      (drawn, name, grid, slice) => {
        let timeMs = 0;
        const times = Float64Array.from(drawn, ([gap]) => (timeMs += gap));
        const floats = Float64Array.from(drawn, ([, drawnValue]) => drawnValue);
        const count = 12;
        const cells = { values: new Float64Array(count), kinds: new Uint8Array(count) };
        const rates = new FloatRates(RATE_KINDS.get(name)!, grid);
        rates.open(times, floats);
        let found = 0;
        for (let from = 0; from < count; from += slice) {
          found += rates.run(from, Math.min(count, from + slice), cells, 0);
        }
        const want = oneByOne(name, times, floats, grid, count);
        expect([...cells.kinds]).toEqual([...want.kinds]);
        expect(new BigUint64Array(cells.values.buffer)).toEqual(
          new BigUint64Array(want.values.buffer),
        );
        expect(found).toBe(want.kinds.filter((kind) => kind === FLOAT).length);
      },
    ),
    { numRuns: 3000 },
  );
});

function oneByOne(
  name: string,
  times: Float64Array,
  floats: Float64Array,
  grid: { firstEndMs: number; stepMs: number; rangeMs: number },
  count: number,
): { values: Float64Array<ArrayBuffer>; kinds: Uint8Array } {
  const window = new RangeWindow({
    rangeMs: grid.rangeMs,
    edges: "plain",
    annotations: new Annotations(),
    argRanges: [{ start: 0, end: 0 }],
    useStarts: false,
  });
  window.openSeries({
    labels: EMPTY_LABELS,
    dropName: false,
    floatTimes: times,
    floats,
    floatStarts: null,
    histogramTimes: NONE,
    histograms: [],
    histogramStarts: null,
  });
  const values = new Float64Array(count);
  const kinds = new Uint8Array(count);
  for (let step = 0; step < count; step++) {
    window.endMs = grid.firstEndMs + step * grid.stepMs;
    window.move(window.endMs - grid.rangeMs, window.endMs);
    const kind = window.isEmpty ? ABSENT : RANGE_FUNCTIONS.get(name)!(window);
    kinds[step] = kind;
    if (kind === FLOAT) values[step] = window.value;
  }
  return { values, kinds };
}
