/**
 * Payloads of the log against their dumb twins: what was encoded is decoded, bit for bit, in the
 * smallest layout; bytes that are none of ours are refused or decoded, never a crash.
 */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { HEAD_MODULE_URL } from "#kernels/head-kernel.ts";
import { kernelModule } from "#kernels/kernel-instance.ts";
import { seriesRef, tenantId } from "#model/refs.ts";
import { HeadMemory } from "#tsdb/head/head-memory.ts";
import {
  decodeSamples,
  encodeSamples,
  samplesPayloadBytesMax,
  type SampleColumns,
} from "#tsdb/wal/sample-payload.ts";
import { SeriesPayloadReader } from "#tsdb/wal/series-payload-reader.ts";
import { SeriesPayloadWriter } from "#tsdb/wal/series-payload-writer.ts";
import { expect, test } from "vitest";

interface Sample {
  readonly ref: number;
  readonly timestamp: number;
  readonly bits: bigint;
}

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const timestamp = fc.oneof(
  fc.constantFrom(0, 1_700_000_000_000, 1_700_000_000_001, -1),
  fc.integer({ min: -10_000, max: 10_000 }),
  fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 }),
  fc.constantFrom(-(2 ** 52), 2 ** 52 - 1, 2 ** 31, -(2 ** 31), 2 ** 31 - 1, 2 ** 32),
);
const bits = fc.oneof(
  fc.constantFrom(0x7ff0_0000_0000_0002n, 0x7ff8_0000_0000_0000n, 1n << 63n, 0x7ffn << 52n, 0n),
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
);
const run: fc.Arbitrary<Sample[]> = fc
  .tuple(u32, timestamp, fc.array(bits, { minLength: 1, maxLength: 20 }))
  .map(([ref, at, values]) =>
    values.map((value, i) => ({ ref: (ref + i) % 2 ** 32, timestamp: at, bits: value })),
  );
const batch: fc.Arbitrary<Sample[]> = fc
  .array(run, { minLength: 1, maxLength: 20 })
  .map((runs) => runs.flat());

function columnsOf(samples: readonly Sample[]): SampleColumns {
  return {
    refs: Uint32Array.from(samples, ({ ref }) => ref),
    timestamps: Float64Array.from(samples, ({ timestamp: at }) => at),
    values: new Float64Array(BigUint64Array.from(samples, (one) => one.bits).buffer),
  };
}

function encode({ refs, timestamps, values }: SampleColumns, count: number): Uint8Array {
  const into = new Uint8Array(samplesPayloadBytesMax(count)).fill(0xee);
  return into.subarray(0, encodeSamples(into, refs, timestamps, values, count));
}

/** Columns and the room for their payload, with a guard behind it. */
function placeFor(count: number) {
  const values = 8 * count;
  const refs = values + 8 * count;
  const payload = refs + 8 * Math.ceil(count / 2);
  const end = payload + samplesPayloadBytesMax(count) + 64;
  return { timestamps: 0, values, refs, payload, end };
}

function emptyColumns(count: number): SampleColumns {
  return {
    refs: new Uint32Array(count),
    timestamps: new Float64Array(count),
    values: new Float64Array(count),
  };
}

/** Bytes of the three layouts, counted the slow way. */
function smallest(samples: readonly Sample[]): number {
  const count = samples.length;
  const pad = (bytes: number): number => Math.ceil(bytes / 8) * 8;
  const breaks = samples.filter((one, i) => {
    const before = samples[i - 1];
    const isNext = before !== undefined && one.ref === (before.ref + 1) % 2 ** 32;
    return !isNext || one.timestamp !== before.timestamp;
  });
  const base = samples[0]!.timestamp;
  const isNear = samples.every((one) => (one.timestamp - base) >> 0 === one.timestamp - base);
  const columns = isNear ? 8 + 2 * pad(4 * count) : pad(4 * count) + 8 * count;
  return 8 + 8 * count + Math.min(16 * breaks.length, columns);
}

test("samples survive bit for bit in the smallest layout", () => {
  fc.assert(
    fc.property(batch, (samples) => {
      const columns = columnsOf(samples);
      const payload = encode(columns, samples.length);
      expect(payload.length).toBe(smallest(samples));
      const out = emptyColumns(samples.length);
      decodeSamples(payload, samples.length, out);
      expect(out.refs).toEqual(columns.refs);
      expect(out.timestamps).toEqual(columns.timestamps);
      expect(new BigUint64Array(out.values.buffer)).toEqual(
        new BigUint64Array(columns.values.buffer),
      );
      // The same samples give the same bytes: nothing of the buffer shows through.
      expect(encode(columns, samples.length)).toEqual(payload);
    }),
    { numRuns: 300 },
  );
});

test("the kernel of heads writes the same bytes", () => {
  const memory = new HeadMemory(kernelModule(readFileSync(HEAD_MODULE_URL)), 1 << 20);
  memory.reserve(1 << 19);
  fc.assert(
    fc.property(batch, (samples) => {
      const count = samples.length;
      const columns = columnsOf(samples);
      const { refs, timestamps, values, payload, end } = placeFor(count);
      const base = memory.scratch(end);
      memory.u32.set(columns.refs, (base + refs) / 4);
      memory.f64.set(columns.timestamps, (base + timestamps) / 8);
      memory.f64.set(columns.values, (base + values) / 8);
      memory.u8.fill(0xee, base + payload, base + end);
      const at = [refs, timestamps, values, payload].map((offset) => base + offset);
      const bytes = memory.kernel.encodeSamples(count, at[0]!, at[1]!, at[2]!, at[3]!);
      expect(memory.u8.slice(at[3], at[3]! + bytes)).toEqual(encode(columns, count));
      const behind = memory.u8.subarray(at[3]! + samplesPayloadBytesMax(count), base + end);
      expect(behind.every((byte) => byte === 0xee)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("changed sample payloads are refused or decoded, never a crash", () => {
  const words = fc.array(fc.tuple(fc.nat(40), u32), { maxLength: 4 });
  fc.assert(
    fc.property(batch, words, fc.nat(60), (samples, changes, count) => {
      const payload = encode(columnsOf(samples), samples.length);
      const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
      for (const [word, value] of changes) {
        view.setUint32((word * 4) % payload.length, value, true);
      }
      try {
        decodeSamples(payload, count, emptyColumns(count));
      } catch (error) {
        expect(String(error)).toMatch(/EngineError: cannot decode samples/);
      }
    }),
    { numRuns: 300 },
  );
});

const labels = fc.uint8Array({ maxLength: 40 });
const seriesList = fc.array(fc.tuple(u32, u32, u32, u32, u32, labels), {
  minLength: 1,
  maxLength: 30,
});

test("series survive, and changed payloads are refused or read to the end", () => {
  fc.assert(
    fc.property(seriesList, u32, fc.nat(2000), u32, (list, tenant, at, value) => {
      const writer = new SeriesPayloadWriter();
      writer.reset(tenantId(tenant));
      for (const [ref, a, b, c, d, bytes] of list) {
        expect(writer.add(seriesRef(ref), a, b, c, d, bytes, 0, bytes.length)).toBe(true);
      }
      const payload = writer.payload.slice();
      const reader = new SeriesPayloadReader(payload, list.length);
      expect(reader.tenant).toBe(tenant);
      for (const [ref, a, b, c, d, bytes] of list) {
        expect(reader.next()).toBe(true);
        const words = [reader.fingerprintLow, reader.fingerprintHigh];
        expect([reader.ref, ...words]).toEqual([ref, a, b]);
        expect([reader.placementLow, reader.placementHigh]).toEqual([c, d]);
        expect(payload.slice(reader.labelStart, reader.labelEnd)).toEqual(bytes);
      }
      expect(reader.next()).toBe(false);
      new DataView(payload.buffer).setUint32(((at * 4) % payload.length) & ~3, value, true);
      try {
        const changed = new SeriesPayloadReader(payload, list.length);
        while (changed.next()) expect(changed.labelEnd).toBeLessThanOrEqual(payload.length);
      } catch (error) {
        expect(String(error)).toMatch(/EngineError: cannot decode series/);
      }
    }),
    { numRuns: 200 },
  );
});
