import { constants, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { unzstd } from "#tsdb/receiver/unzstd.ts";

const LIMIT = 1 << 20;
const MALFORMED = expect.objectContaining({ code: "storage.body-malformed" });
const TOO_LARGE = expect.objectContaining({ code: "storage.body-too-large" });

function decode(body: Uint8Array, bytesMax: number = LIMIT): Uint8Array {
  let copy = new Uint8Array(0);
  const bytes = unzstd(body, bytesMax, (decoded) => (copy = new Uint8Array(decoded)));
  expect(bytes).toBe(copy.length);
  return copy;
}

function pattern(bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => (i * i) >> 3);
}

/** A frame that announces its size, or not. */
function frame(raw: Uint8Array, isSized: boolean = true): Uint8Array {
  return zstdCompressSync(raw, {
    params: { [constants.ZSTD_c_contentSizeFlag]: isSized ? 1 : 0 },
  });
}

/** 128 KiB of zeros in four bytes, again and again, behind a header of our own. */
function bomb(header: readonly number[], blocks: number): Uint8Array {
  const block = (i: number): number[] => [i === blocks - 1 ? 3 : 2, 0, 0x10, 0];
  const body = Array.from({ length: blocks }, (_, i) => block(i)).flat();
  return Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, ...header, ...body);
}

const NO_SIZE = [0x00, 0x50];

test.each([0, 1, 255, 256, 300, 5000, 65_791, 65_792, 200_000, LIMIT])(
  "%i bytes, announced or not",
  (bytes) => {
    const raw = pattern(bytes);
    expect(decode(frame(raw))).toEqual(raw);
    expect(decode(frame(raw, false))).toEqual(raw);
  },
);

test("what is over the limit is refused, before or while it comes", () => {
  const raw = pattern(LIMIT + 1);
  expect(() => decode(frame(raw))).toThrow(TOO_LARGE);
  expect(() => decode(frame(raw, false))).toThrow(TOO_LARGE);
  expect(() => decode(bomb(NO_SIZE, 10_000))).toThrow(TOO_LARGE);
  expect(() => decode(frame(new Uint8Array(10 * LIMIT), false))).toThrow(TOO_LARGE);
  // 2^63 bytes announced in a frame of 13.
  const huge = bomb([0xe0, 0, 0, 0, 0, 0, 0, 0, 0x80], 0);
  expect(() => decode(huge)).toThrow(TOO_LARGE);
});

test("a frame that holds another amount than it announces is malformed", () => {
  const size = (bytes: number): number[] => [0xa0, ...new Uint8Array(Uint32Array.of(bytes).buffer)];
  expect(decode(bomb(size(131_072), 1))).toHaveLength(131_072);
  for (const bytes of [0, 1, 131_071, 131_073, LIMIT]) {
    expect(() => decode(bomb(size(bytes), 1)), `${bytes}`).toThrow(MALFORMED);
  }
});

test("what is no frame, or not all of one, is malformed", () => {
  const whole = frame(pattern(5000));
  for (const body of [
    new Uint8Array(0),
    whole.subarray(0, 4),
    whole.subarray(0, 5),
    whole.subarray(0, 7),
    whole.subarray(0, whole.length - 1),
    whole.subarray(1),
    new Uint8Array(100),
    new Uint8Array([...whole, 0]),
    new Uint8Array([...whole, ...whole]),
    // A window of 2 GiB.
    bomb([0x00, 0xa8], 1),
  ]) {
    expect(() => decode(body)).toThrow(MALFORMED);
  }
});

test("the memory of a large body is given back with the call", () => {
  let kept: Uint8Array | null = null;
  unzstd(frame(pattern(200_000)), LIMIT, (decoded) => (kept = decoded));
  expect(kept).toHaveLength(0);
});
