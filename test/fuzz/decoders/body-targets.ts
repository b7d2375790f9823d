/**
 * Decoders of bodies from outside: snappy, zstd, both messages of remote write with their labels and
 * items, and the head of a request in the write lane.
 */
import { readFileSync } from "node:fs";
import { EngineError } from "#base/engine-error.ts";
import { parseLaneHead } from "#http/lane-head.ts";
import { GYRE_MODULE_URL, instantiateKernels, kernelModule } from "#kernels/kernel-instance.ts";
import { snappyDeclaredBytes, snappyDecode } from "#kernels/snappy.ts";
import { tenantId } from "#model/refs.ts";
import type { BodyEncoding, BodyFormat } from "#storage/body-appender.ts";
import { BODY_MALFORMED } from "#storage/storage-errors.ts";
import { Dice } from "#test/support/dice.ts";
import { KernelBodyDecoder } from "#tsdb/receiver/kernel-body-decoder.ts";
import { unzstd } from "#tsdb/receiver/unzstd.ts";
import { snappyBytes, zstdBytes } from "../fuzz-body.ts";
import { encodeRequest } from "../request-tree.ts";
import { encodeSymbolRequest } from "../symbol-request.ts";
import { ValidBodies } from "../valid-bodies.ts";
import type { DecoderTarget } from "./decoder-target.ts";

const BODY_BYTES_MAX: number = 1024 * 1024;
/** Small ones: what a mutation changes should matter. */
const BODIES = 40;
const RAW_BYTES_MAX = 2000;
const NOW_MS = 1_700_000_000_000;
const module = kernelModule(readFileSync(GYRE_MODULE_URL));
const encoder = new TextEncoder();

function rawBodies(format: BodyFormat): Uint8Array[] {
  const valid = new ValidBodies(NOW_MS);
  const bodies: Uint8Array[] = [];
  for (let i = 0; bodies.length < BODIES; i++) {
    const dice = Dice.of(1, i);
    const tree = valid.next(dice);
    const raw = format === "remote-write-1" ? encodeRequest(tree) : encodeSymbolRequest(dice, tree);
    if (raw.length <= RAW_BYTES_MAX) bodies.push(raw);
  }
  return bodies;
}

/** The whole way of a body up to what the receiver reads of it. */
function bodyTarget(name: string, format: BodyFormat, encoding: BodyEncoding): DecoderTarget {
  const kernels = instantiateKernels(module, { pagesInitial: 16, pagesMax: 4096 });
  const decoder = new KernelBodyDecoder({
    kernels,
    bodyBytesMax: BODY_BYTES_MAX,
    decodedBytesMax: BODY_BYTES_MAX,
    identityBytesMax: BODY_BYTES_MAX,
    seed: [1, 2],
  });
  const options = { tenant: tenantId(0), format, encoding, sender: "fuzz" };
  const raw = rawBodies(format);
  return {
    name,
    share: 0.1,
    valid: encoding === "snappy" ? raw.map(snappyBytes) : raw,
    run: (bytes) => {
      const { rowCount } = decoder.decode(bytes, options);
      for (let row = 0; row < rowCount; row++) decoder.canonicalise(row);
    },
  };
}

function snappyTarget(): DecoderTarget {
  const { memory, calls } = instantiateKernels(module, { pagesInitial: 16, pagesMax: 64 });
  const source = memory.allocate("fuzz source", RAW_BYTES_MAX * 2).offset;
  const target = memory.allocate("fuzz target", BODY_BYTES_MAX / 4).offset;
  const twin = new Uint8Array(RAW_BYTES_MAX * 2 + BODY_BYTES_MAX / 4);
  return {
    name: "snappy",
    share: 1,
    valid: rawBodies("remote-write-1").map(snappyBytes),
    run: (bytes) => {
      const declared = snappyDeclaredBytes(bytes);
      const room = Math.min(Math.max(declared, 0), BODY_BYTES_MAX / 4);
      const { u8 } = memory.views();
      u8.set(bytes, source);
      const got = calls.snappyDecode(source, bytes.length, target, room);
      twin.set(bytes);
      const want = snappyDecode(twin, 0, bytes.length, RAW_BYTES_MAX * 2, room);
      if (got !== want) throw new Error(`the kernel gives ${got}, its twin ${want}`);
      if (got < 0) throw new EngineError(BODY_MALFORMED, `snappy code ${got}`);
    },
  };
}

const LANE_HEAD = [
  "POST /api/v1/write HTTP/1.1",
  "Host: 127.0.0.1:8428",
  "User-Agent: Prometheus/3.14.0",
  "Content-Length: 1234",
  "Content-Encoding: snappy",
  "Content-Type: application/x-protobuf",
  "X-Prometheus-Remote-Write-Version: 0.1.0",
  "",
  "",
].join("\r\n");

export function bodyTargets(): DecoderTarget[] {
  return [
    snappyTarget(),
    {
      name: "zstd",
      share: 0.05,
      valid: rawBodies("remote-write-1").map(zstdBytes),
      run: (bytes) => void unzstd(bytes, BODY_BYTES_MAX, () => {}),
    },
    bodyTarget("remote write 1.0", "remote-write-1", "identity"),
    bodyTarget("remote write 1.0, snappy", "remote-write-1", "snappy"),
    bodyTarget("remote write 2.0", "remote-write-2", "identity"),
    {
      name: "request head",
      share: 1,
      valid: [encoder.encode(LANE_HEAD), encoder.encode(LANE_HEAD.replaceAll(": ", ":\t "))],
      run: (bytes) => parseLaneHead(Buffer.from(bytes.buffer)),
    },
  ];
}
