import { expect, test } from "vitest";
import {
  decodeSamples,
  encodeSamples,
  SAMPLES_COLUMNS,
  SAMPLES_RUNS,
  SAMPLES_WIDE,
  samplesPayloadBytesMax,
} from "#tsdb/wal/sample-payload.ts";

function encode(refs: number[], timestamps: number[], values: Float64Array): Uint8Array {
  const into = new Uint8Array(samplesPayloadBytesMax(refs.length));
  into.fill(0xaa);
  const bytes = encodeSamples(
    into,
    Uint32Array.from(refs),
    Float64Array.from(timestamps),
    values,
    refs.length,
  );
  return into.subarray(0, bytes);
}

function decode(payload: Uint8Array, count: number) {
  const out = {
    refs: new Uint32Array(count),
    timestamps: new Float64Array(count),
    values: new Float64Array(count),
  };
  decodeSamples(payload, count, out);
  return out;
}

function modeOf(payload: Uint8Array): number {
  return new DataView(payload.buffer, payload.byteOffset).getUint32(0, true);
}

const oddBits = new Float64Array(
  new BigUint64Array([0x7ff0_0000_0000_0002n, 0xfff8_0000_dead_beefn, 1n << 63n, 0x7ffn << 52n])
    .buffer,
);

test("one scrape becomes one run of 8 bytes per sample and 24 in front", () => {
  const refs = Array.from({ length: 100 }, (_, i) => 7 + i);
  const payload = encode(refs, Array<number>(100).fill(-5), new Float64Array(100).fill(1.5));
  expect(modeOf(payload)).toBe(SAMPLES_RUNS);
  expect(payload.length).toBe(24 + 800);
  const out = decode(payload, 100);
  expect([...out.refs]).toEqual(refs);
  expect(new Set(out.timestamps)).toEqual(new Set([-5]));
});

test("scattered refs become columns, far timestamps wide ones", () => {
  const refs = [9, 3, 4_294_967_295, 0];
  const near = [-1000, 5000, -1000, 0];
  const columns = encode(refs, near, oddBits);
  expect(modeOf(columns)).toBe(SAMPLES_COLUMNS);
  expect([...decode(columns, 4).timestamps]).toEqual(near);
  const far = [-(2 ** 52), 2 ** 52 - 1, 0, -1];
  const wide = encode(refs, far, oddBits);
  expect(modeOf(wide)).toBe(SAMPLES_WIDE);
  expect([...decode(wide, 4).timestamps]).toEqual(far);
  expect([...decode(wide, 4).refs]).toEqual(refs);
});

test("value bits survive in every mode", () => {
  const want = new BigUint64Array(oddBits.buffer);
  for (const timestamps of [
    [1, 1, 1, 1],
    [1, 9, 1, 9],
    [0, 2 ** 51, 0, 2 ** 51],
  ]) {
    const refs = timestamps[1] === 1 ? [1, 2, 3, 4] : [4, 1, 3, 2];
    const out = decode(encode(refs, timestamps, oddBits), 4);
    expect(new BigUint64Array(out.values.buffer)).toEqual(want);
  }
});

test("a payload that does not match its count is corruption", () => {
  const payload = encode([1, 2], [5, 5], new Float64Array(2)).slice();
  expect(() => decode(payload, 3)).toThrow(/cannot decode samples/);
  expect(() => decode(payload.subarray(0, payload.length - 8), 2)).toThrow(/cannot decode/);
  payload[0] = 7;
  expect(() => decode(payload, 2)).toThrow(/unknown mode 7/);
  expect(() => decode(new Uint8Array(8), 1)).toThrow(/cannot decode samples/);
});
