/**
 * A scrape target that shows one native histogram, as a function of how often it was asked. Only the
 * protobuf form of a page carries those.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { concat, double, field, integer, text, varint } from "./proto-wire.ts";

export interface NativeTarget extends AsyncDisposable {
  /** host:port */
  readonly address: string;
}

const CONTENT_TYPE =
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
/** The process that counts starts again this often. */
const RESET_EVERY = 9;
const TYPE_HISTOGRAM = 4;
const SCHEMA = 3;
const ZERO_THRESHOLD = 0.001;

export async function startNativeTarget(): Promise<NativeTarget> {
  let count = 0;
  const server = createServer((_, response) => {
    const family = nativeFamily(count++ % RESET_EVERY);
    response.writeHead(200, { "Content-Type": CONTENT_TYPE });
    response.end(concat([varint(BigInt(family.length)), family]));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const dispose = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { address: `127.0.0.1:${port}`, [Symbol.asyncDispose]: dispose };
}

/** A MetricFamily of two series, `n` scrapes after the process started. */
function nativeFamily(n: number): Uint8Array {
  const metric = (line: string, histogram: Uint8Array): Uint8Array =>
    field(4, concat([field(1, concat([text(1, "line"), text(2, line)])), field(7, histogram)]));
  return concat([
    text(1, "native_press_seconds"),
    text(2, "Time of one stroke."),
    integer(3, TYPE_HISTOGRAM),
    metric("a", histogramAfter(n + 1)),
    metric("b", histogramAfter(7 * n + 2)),
  ]);
}

/** Buckets -3 and -2 and, once there are enough, one far above; below zero one. */
function histogramAfter(n: number): Uint8Array {
  const high = n > 4 ? [n - 4] : [];
  const positive = [2 * n, n, ...high];
  const observed = positive.reduce((sum, count) => sum + count, 0) + n + 1;
  return concat([
    integer(1, observed),
    double(2, n / 8),
    concat([Uint8Array.of(5 << 3), zigzag(SCHEMA)]),
    double(6, ZERO_THRESHOLD),
    integer(7, 1),
    span(9, 2, 1),
    deltas(10, [n]),
    span(12, -3, 2),
    ...high.map(() => span(12, 40, 1)),
    deltas(13, positive),
  ]);
}

function span(number: number, offset: number, length: number): Uint8Array {
  return field(number, concat([Uint8Array.of(8), zigzag(offset), integer(2, length)]));
}

function deltas(number: number, counts: readonly number[]): Uint8Array {
  return field(number, concat(counts.map((count, i) => zigzag(count - (counts[i - 1] ?? 0)))));
}

function zigzag(value: number): Uint8Array {
  return varint(BigInt(value < 0 ? -2 * value - 1 : 2 * value));
}
