/**
 * A 2.0 request written out as a 1.0 request: a plain model says what it must be, byte for byte, and
 * wasm and twin agree on everything, spoiled bytes and short room included.
 * Covers: src/kernels/expand-request.ts src/kernels/expand-output.ts src/kernels/layout/
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ExpandPair } from "./expand-pair.ts";
import { FUZZ_RUNS } from "./kernel-pair.ts";
import { type Bytes, field, spoiled, unknownField, varint } from "./proto-arbitraries.ts";

const expansion = new ExpandPair();

interface Sample {
  readonly bits: bigint;
  readonly time: bigint;
  readonly start: bigint;
}

interface Exemplar {
  readonly refs: readonly number[];
  readonly bits: bigint;
  readonly time: bigint;
}

interface Series {
  readonly refs: readonly number[];
  readonly isPacked: boolean;
  readonly samples: readonly Sample[];
  readonly histograms: readonly Bytes[];
  readonly exemplars: readonly Exemplar[];
  readonly metadata: { readonly type: number; readonly help: number; readonly unit: number } | null;
  readonly stray: Bytes;
}

interface Request {
  readonly symbols: readonly string[];
  readonly series: readonly Series[];
  readonly symbolsLast: boolean;
}

const NAMES = ["", "__name__", "job", "h_bucket", "h_sum", "h_count", "h", "_sum", "le", "é"];
const words = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const times = fc.oneof(
  fc.bigInt({ min: 1_600_000_000_000n, max: 1_900_000_000_000n }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -200n, max: 200n }),
);
const symbols = fc
  .array(fc.oneof(fc.string({ maxLength: 90 }), fc.constant("v".repeat(1700))), { maxLength: 4 })
  .map((more) => [...NAMES, ...more]);

function requestOf(list: readonly string[]): fc.Arbitrary<Request> {
  const ref = fc.nat(list.length - 1);
  const pairs = fc.array(fc.tuple(fc.oneof(fc.constant(1), ref), ref), { maxLength: 5 });
  const refs = pairs.map((all) => all.flat());
  const some = fc.record({ bits: words, time: times, start: fc.oneof(fc.constant(0n), times) });
  const series = fc.record({
    refs,
    isPacked: fc.boolean(),
    samples: fc.array(some, { maxLength: 3 }),
    histograms: fc.array(
      fc.uint8Array({ maxLength: 9 }).map((bytes) => [...bytes]),
      { maxLength: 1 },
    ),
    exemplars: fc.array(fc.record({ refs, bits: words, time: times }), { maxLength: 2 }),
    metadata: fc.option(fc.record({ type: fc.nat(9), help: ref, unit: ref })),
    stray: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: unknownField },
    ),
  });
  return fc.record({
    symbols: fc.constant(list),
    series: fc.array(series, { maxLength: 5 }),
    symbolsLast: fc.boolean(),
  });
}

const request = symbols.chain(requestOf);

const utf8 = (text: string): Bytes => [...new TextEncoder().encode(text)];
const word = (bits: bigint): Bytes =>
  Array.from({ length: 8 }, (_, i) => Number((bits >> BigInt(8 * i)) & 255n));
const number = (tag: number, value: bigint): Bytes => [tag << 3, ...varint(value)];
const some = (tag: number, value: bigint): Bytes => (value === 0n ? [] : number(tag, value));

function refFields(refs: readonly number[], isPacked: boolean): Bytes {
  const values = refs.map((ref) => varint(BigInt(ref)));
  return isPacked ? field(1, 2, values.flat()) : values.flatMap((value) => [8, ...value]);
}

function encode({ symbols: list, series, symbolsLast }: Request): Uint8Array {
  const table = list.flatMap((text) => field(4, 2, utf8(text)));
  const rows = series.flatMap((one) =>
    field(5, 2, [
      ...refFields(one.refs, one.isPacked),
      ...one.samples.flatMap(({ bits, time, start }) =>
        field(2, 2, [9, ...word(bits), ...some(2, time), ...some(3, start)]),
      ),
      ...one.histograms.flatMap((bytes) => field(3, 2, bytes)),
      ...one.exemplars.flatMap((each) =>
        field(4, 2, [
          ...refFields(each.refs, true),
          0x11,
          ...word(each.bits),
          ...some(3, each.time),
        ]),
      ),
      ...one.stray,
      ...(one.metadata === null ? [] : field(5, 2, encodeMetadata(one.metadata))),
    ]),
  );
  return Uint8Array.from(symbolsLast ? [...rows, ...table] : [...table, ...rows]);
}

function encodeMetadata({ type, help, unit }: NonNullable<Series["metadata"]>): Bytes {
  return [...some(1, BigInt(type)), ...some(3, BigInt(help)), ...some(4, BigInt(unit))];
}

/** Messages get a length of two bytes, or of five. */
function message(tag: number, payload: Bytes): Bytes {
  const length = varint(BigInt(payload.length));
  const pad = length.length === 1 ? 1 : length.length === 2 ? 0 : 5 - length.length;
  return field(tag, 2, payload, { tag: 0, length: pad });
}

function labels(list: readonly string[], refs: readonly number[]): Bytes {
  const out: number[] = [];
  for (let i = 0; i < refs.length; i += 2) {
    const pair = [refs[i]!, refs[i + 1]!].map((ref) => utf8(list[ref]!));
    out.push(...field(1, 2, [...field(1, 2, pair[0]!), ...field(2, 2, pair[1]!)]));
  }
  return out;
}

/** What a 1.0 request would say; the dumb way. */
function expand({ symbols: list, series }: Request): Bytes {
  const out: number[] = [];
  const described = new Map<number, string>();
  for (const { refs, samples, histograms, exemplars, metadata } of series) {
    const isEmpty = samples.length + histograms.length + exemplars.length === 0;
    const body = [
      ...labels(list, refs),
      ...samples.flatMap(({ bits, time }) => field(2, 2, [9, ...word(bits), ...number(2, time)])),
      ...histograms.flatMap((bytes) => field(4, 2, bytes)),
      ...exemplars.flatMap((one) =>
        message(3, [...labels(list, one.refs), 0x11, ...word(one.bits), ...number(3, one.time)]),
      ),
    ];
    if (!isEmpty) out.push(...message(1, body));
    const metric = refs.findLast((_, i) => i % 2 === 1 && refs[i - 1] === 1);
    if (metric === undefined || metadata === null) continue;
    const type = metadata.type > 7 ? 0 : metadata.type;
    const { help, unit } = metadata;
    if (type + help + unit === 0 || described.get(metric) === `${type} ${help} ${unit}`) continue;
    described.set(metric, `${type} ${help} ${unit}`);
    const texts = [help === 0 ? "" : list[help]!, unit === 0 ? "" : list[unit]!];
    const name = field(2, 2, utf8(family(list[metric]!, type)));
    const parts = [
      8,
      type,
      ...name,
      ...field(4, 2, utf8(texts[0]!)),
      ...field(5, 2, utf8(texts[1]!)),
    ];
    out.push(...field(3, 2, parts));
  }
  return out;
}

/** True when metadata alone makes the series worth something. */
function tells({ refs, metadata }: Series): boolean {
  if (metadata === null || !refs.some((ref, i) => i % 2 === 0 && ref === 1)) return false;
  return metadata.help + metadata.unit > 0 || (metadata.type > 0 && metadata.type <= 7);
}

function family(name: string, type: number): string {
  if (type === 3 || type === 4) return name.replace(/(?<=.)(_sum|_count|_bucket)$/, "");
  return type === 5 ? name.replace(/(?<=.)(_sum|_count)$/, "") : name;
}

test("a legal request is written out as it is meant", () => {
  fc.assert(
    fc.property(request, (model) => {
      const { code, hex, emptySeries } = expansion.run(encode(model));
      expect(code).toBe(0);
      expect(hex).toBe(Buffer.from(expand(model)).toString("hex"));
      const empty = model.series.filter(
        (one) =>
          one.samples.length + one.histograms.length + one.exemplars.length === 0 && !tells(one),
      );
      expect(emptySeries).toBe(empty.length);
    }),
    { numRuns: FUZZ_RUNS / 8 },
  );
});

test("wasm and twin agree on spoiled requests", () => {
  let failures = 0;
  const bytes = request.map((model) => [...encode(model)]);
  fc.assert(
    fc.property(spoiled(bytes), (source) => {
      if (expansion.run(Uint8Array.from(source).subarray(0, 60_000)).code !== 0) failures++;
    }),
    { numRuns: FUZZ_RUNS / 8 },
  );
  expect(failures).toBeGreaterThan(FUZZ_RUNS / 64);
});

test("wasm and twin agree when room is short", () => {
  const room = fc.record({ symbols: fc.nat(16), target: fc.nat(300), fields: fc.nat(6) });
  fc.assert(
    fc.property(request, room, (model, short) => {
      expansion.run(encode(model), short);
    }),
    { numRuns: FUZZ_RUNS / 8 },
  );
});

test("random bytes", () => {
  const tags = fc.constantFrom(0x22, 0x2a, 0x0a, 0x12, 0x1a, 0x08, 0x09, 0x11, 0x18, 0, 1, 2, 0x80);
  fc.assert(
    fc.property(fc.array(fc.oneof(tags, fc.nat(255)), { maxLength: 80 }), (bytes) => {
      expansion.run(Uint8Array.from(bytes));
    }),
    { numRuns: FUZZ_RUNS },
  );
});
