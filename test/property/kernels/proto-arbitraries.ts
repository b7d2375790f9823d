/**
 * Arbitrary protobuf bytes: legal messages in unusual encodings, and bytes spoiled on the way. A
 * model of the message comes along, so a decoder can be held to what was meant.
 */
import fc from "fast-check";

export type Bytes = readonly number[];

/** LEB128 of an unsigned 64-bit value, stretched by `pad` superfluous groups. */
export function varint(value: bigint, pad: number = 0): Bytes {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 128n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
  out.push(Number(rest));
  for (let i = 0; i < pad && out.length < 10; i++) {
    out[out.length - 1]! |= 128;
    out.push(0);
  }
  return out;
}

export function field(number: number, wire: number, payload: Bytes, pads: Pads = NO_PADS): Bytes {
  const tag = varint(BigInt(number * 8 + wire), pads.tag);
  const length = wire === 2 ? varint(BigInt(payload.length), pads.length) : [];
  return [...tag, ...length, ...payload];
}

export interface Pads {
  readonly tag: number;
  readonly length: number;
}
const NO_PADS: Pads = { tag: 0, length: 0 };

/** Mostly none: the usual encoding must be met often, too. */
const pads: fc.Arbitrary<Pads> = fc.oneof(
  { weight: 8, arbitrary: fc.constant(NO_PADS) },
  { weight: 1, arbitrary: fc.record({ tag: fc.nat(9), length: fc.nat(9) }) },
);

const blob = (max: number): fc.Arbitrary<Bytes> =>
  fc.uint8Array({ maxLength: max }).map((bytes) => [...bytes]);

/** A field that no message of ours knows. */
export const unknownField: fc.Arbitrary<Bytes> = fc
  .record({ number: fc.integer({ min: 9, max: 536_870_911 }), wire: fc.constantFrom(0, 1, 2, 5) })
  .chain(({ number, wire }) => {
    if (wire === 0) {
      return fc
        .tuple(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(9))
        .map(([value, pad]) => field(number, 0, varint(value, pad)));
    }
    if (wire === 2) return blob(12).map((bytes) => field(number, 2, bytes));
    const size = wire === 1 ? 8 : 4;
    return fc
      .uint8Array({ minLength: size, maxLength: size })
      .map((bytes) => field(number, wire, [...bytes]));
  });

/** With unknown fields strewn between the given ones. */
function strew(fields: readonly Bytes[], strays: readonly (readonly [number, Bytes])[]): Bytes[] {
  const all = [...fields];
  for (const [at, stray] of strays) all.splice(at % (all.length + 1), 0, stray);
  return all;
}

const strays = fc.oneof(
  { weight: 6, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(fc.tuple(fc.nat(20), unknownField), { maxLength: 2 }) },
);

/** What a label text may be: short names, and texts that break the rules. */
const text: fc.Arbitrary<Bytes> = fc
  .oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom("a", "b", "job", "le", "__name__", "instance", "up", "é"),
    },
    { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
    { weight: 1, arbitrary: fc.constantFrom("", "x".repeat(20), "y".repeat(140)) },
  )
  .map((string) => [...new TextEncoder().encode(string)]);

/** One label field of a time series, tag and length included. */
export const labelField: fc.Arbitrary<Bytes> = fc
  .record({
    name: fc.option(fc.oneof({ weight: 9, arbitrary: text }, blob(6)), { freq: 20 }),
    value: fc.option(fc.oneof({ weight: 9, arbitrary: text }, blob(6)), { freq: 10 }),
    again: fc.option(text, { freq: 1, nil: undefined }).map((bytes) => bytes),
    swap: fc.boolean(),
    strays,
    inner: pads,
    outer: pads,
  })
  .map(({ name, value, again, swap, strays: extra, inner, outer }) => {
    const parts: Bytes[] = [];
    if (name !== null) parts.push(field(1, 2, name, inner));
    if (value !== null) parts.push(field(2, 2, value, inner));
    if (swap) parts.reverse();
    if (again !== undefined && extra.length > 0) parts.push(field(2, 2, again));
    return field(1, 2, strew(parts, extra).flat(), outer);
  });

export interface SampleModel {
  readonly time: bigint;
  readonly bits: bigint;
}

interface Part {
  readonly bytes: Bytes;
  readonly label?: Bytes;
  readonly sample?: SampleModel;
  readonly range?: { readonly kind: "exemplar" | "histogram"; readonly payload: Bytes };
}

const times = fc.oneof(
  { weight: 6, arbitrary: fc.bigInt({ min: 1_600_000_000_000n, max: 1_900_000_000_000n }) },
  { weight: 2, arbitrary: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: -200n, max: 200n }) },
);

const valueBits = fc.oneof(
  fc.constantFrom(
    0x7ff0_0000_0000_0002n,
    0x7ff8_0000_0000_0001n,
    0xfff4_dead_beef_0000n,
    0n,
    1n << 63n,
  ),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);

function fixed64(bits: bigint): Bytes {
  return Array.from({ length: 8 }, (_, i) => Number((bits >> BigInt(8 * i)) & 255n));
}

const sample: fc.Arbitrary<Part> = fc
  .record({
    time: times,
    bits: valueBits,
    hasTime: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
    hasValue: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
    swap: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    strays,
    inner: pads,
    outer: pads,
  })
  .map((model) => {
    const parts: Bytes[] = [];
    if (model.hasValue) parts.push(field(1, 1, fixed64(model.bits), { ...model.inner, length: 0 }));
    if (model.hasTime) {
      parts.push([...varint(16n, model.inner.tag), ...varint(model.time, model.inner.length)]);
    }
    if (model.swap) parts.reverse();
    return {
      bytes: field(2, 2, strew(parts, model.strays).flat(), model.outer),
      sample: {
        time: model.hasTime ? model.time : 0n,
        bits: model.hasValue ? model.bits : 0n,
      },
    };
  });

const range: fc.Arbitrary<Part> = fc
  .tuple(fc.constantFrom("exemplar" as const, "histogram" as const), blob(10), pads)
  .map(([kind, payload, outer]) => ({
    bytes: field(kind === "exemplar" ? 3 : 4, 2, payload, outer),
    range: { kind, payload },
  }));

const label: fc.Arbitrary<Part> = labelField.map((bytes) => ({ bytes, label: bytes }));
const stray: fc.Arbitrary<Part> = unknownField.map((bytes) => ({ bytes }));

export interface SeriesModel {
  readonly bytes: Bytes;
  readonly labels: Bytes;
  readonly samples: readonly SampleModel[];
  readonly ranges: readonly { readonly kind: "exemplar" | "histogram"; readonly payload: Bytes }[];
}

/** Labels then samples, as every sender does it; or all kinds of fields in any order. */
const seriesParts: fc.Arbitrary<readonly Part[]> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.array(label, { maxLength: 6 }), fc.array(sample, { maxLength: 3 }))
      .map(([labels, samples]) => [...labels, ...samples]),
  },
  {
    weight: 1,
    arbitrary: fc.array(fc.oneof(label, sample, range, stray), { maxLength: 8 }),
  },
);

export const series: fc.Arbitrary<SeriesModel> = fc
  .tuple(seriesParts, pads)
  .map(([parts, outer]) => ({
    bytes: field(
      1,
      2,
      parts.flatMap((part) => part.bytes),
      outer,
    ),
    labels: parts.flatMap((part) => part.label ?? []),
    samples: parts.flatMap((part) => part.sample ?? []),
    ranges: parts.flatMap((part) => part.range ?? []),
  }));

export interface RequestModel {
  readonly bytes: Bytes;
  readonly series: readonly SeriesModel[];
  readonly metadata: readonly Bytes[];
}

/** A legal WriteRequest. */
export const writeRequest: fc.Arbitrary<RequestModel> = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: series.map((model) => ({ bytes: model.bytes, series: model })) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(blob(10), pads)
          .map(([payload, outer]) => ({ bytes: field(3, 2, payload, outer), metadata: payload })),
      },
      { weight: 1, arbitrary: unknownField.map((bytes) => ({ bytes })) },
    ),
    { maxLength: 6 },
  )
  .map((parts: readonly { bytes: Bytes; series?: SeriesModel; metadata?: Bytes }[]) => ({
    bytes: parts.flatMap((part) => part.bytes),
    series: parts.flatMap((part) => part.series ?? []),
    metadata: parts.flatMap((part) => (part.metadata === undefined ? [] : [part.metadata])),
  }));

/** Up to three spoilings: a byte changed, bytes cut from the end, taken out, doubled or put in. */
export function spoiled(source: fc.Arbitrary<Bytes>): fc.Arbitrary<Bytes> {
  const change = fc.record({
    kind: fc.constantFrom("set", "flip", "cut", "remove", "double", "insert"),
    at: fc.nat(),
    value: fc.oneof(fc.nat(255), fc.constantFrom(0, 0x0a, 0x12, 0x0b, 0x0c, 0x7f, 0x80, 0xff)),
  });
  return fc.tuple(source, fc.array(change, { maxLength: 3 })).map(([bytes, changes]) => {
    const out = [...bytes];
    for (const { kind, at: anywhere, value } of changes) {
      const at = anywhere % (out.length + 1);
      if (kind === "set" && at < out.length) out[at] = value;
      else if (kind === "flip" && at < out.length) out[at]! ^= 1 << (value & 7);
      else if (kind === "cut") out.length = at;
      else if (kind === "remove") out.splice(at, value & 3);
      else if (kind === "double") out.splice(at, 0, ...out.slice(at, at + (value & 31)));
      else if (kind === "insert") out.splice(at, 0, value);
    }
    return out;
  });
}
