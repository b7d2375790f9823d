/**
 * Bodies whose Content-Encoding is not what they are, and bytes that are nothing.
 */
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { compressed, snappyBytes, zstdBytes, type Mutation } from "../fuzz-body.ts";
import { encodeRequest } from "../request-tree.ts";
import { concat } from "../wire.ts";

const HEADERS = [
  "",
  "snappy",
  "snappy",
  "zstd",
  "zstd",
  "identity",
  "gzip",
  "deflate",
  "br",
  "Snappy",
  "x-snappy-framed",
  "snappy, zstd",
  "zstd;q=1",
  "*",
];
/** The stream identifier that opens the framed variant of snappy. */
const FRAMED = Uint8Array.of(0xff, 0x06, 0, 0, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59);

export const CONTENT_ENCODING: Mutation = {
  name: "content-encoding",
  make(dice, valid) {
    const raw = encodeRequest(valid.next(dice));
    const forms: readonly (() => Uint8Array)[] = [
      () => raw,
      () => snappyBytes(raw),
      () => zstdBytes(raw),
      () => snappyBytes(snappyBytes(raw)),
      () => zstdBytes(snappyBytes(raw)),
      () => new Uint8Array(gzipSync(raw)),
      () => new Uint8Array(deflateSync(raw)),
      () => new Uint8Array(brotliCompressSync(raw, { params: {} })),
      () => concat([FRAMED, snappyBytes(raw)]),
      () => new Uint8Array(0),
    ];
    return { encoding: dice.pick(HEADERS), bytes: dice.pick(forms)() };
  },
};

export const GARBAGE: Mutation = {
  name: "garbage",
  make(dice) {
    const size = dice.chance(0.1) ? dice.below(8) : dice.scaled(1, 20_000);
    const fills: readonly (() => Uint8Array)[] = [
      () => dice.bytes(size),
      () => new Uint8Array(size),
      () => new Uint8Array(size).fill(0xff),
      () => new Uint8Array(size).fill(dice.below(256)),
      () => new TextEncoder().encode(`{"series":[{"name":"${"x".repeat(size)}"}]}`),
      () => dice.bytes(size).map((byte) => byte & 31),
    ];
    const bytes = dice.pick(fills)();
    if (dice.chance(0.5)) return compressed(dice, bytes);
    return { encoding: dice.pick(["", "snappy", "zstd"]), bytes };
  },
};
