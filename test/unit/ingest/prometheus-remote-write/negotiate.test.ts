/**
 * Which headers are remote write 1.0 or 2.0, and what is said to the others.
 * Covers: src/ingest/write-answer.ts
 */
import { expect, test } from "vitest";
import { negotiate } from "#ingest/prometheus-remote-write/negotiate.ts";

const V2_TYPE = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

test.each([
  [
    "a Prometheus sender",
    { type: "application/x-protobuf", encoding: "snappy", version: "0.1.0" },
    "snappy",
  ],
  [
    "a sender that names the message",
    { type: "application/x-protobuf;proto=prometheus.WriteRequest", encoding: "snappy" },
    "snappy",
  ],
  [
    "quotes and spaces",
    { type: 'Application/X-Protobuf; proto="prometheus.WriteRequest"' },
    "snappy",
  ],
  ["an encoding in capitals", { encoding: "Snappy" }, "snappy"],
  ["no headers at all", {}, "snappy"],
] as const)("%s is understood", (_name, given: Given, encoding) => {
  expect(negotiate(headersOf(given))).toEqual({
    kind: "accepted",
    format: "remote-write-1",
    encoding,
  });
});

test("vmagent's zstd form is understood", () => {
  const headers = {
    "content-type": "application/x-protobuf",
    "content-encoding": "zstd",
    "x-victoriametrics-remote-write-version": "1",
  };
  expect(negotiate(headers)).toMatchObject({ kind: "accepted", encoding: "zstd" });
});

test.each([
  [{ type: "application/json" }, 'content type: got "application/json", want application/x-proto'],
  [{ type: "application/x-protobuf;proto=io.prometheus.write.v3.Request" }, "want application/x-"],
  [{ type: V2_TYPE, encoding: "gzip" }, 'content encoding: got "gzip"'],
  [{ type: "application/x-protobuf;proto=a.B" }, 'message: got "a.B"'],
  [{ encoding: "gzip" }, 'content encoding: got "gzip", want snappy or zstd'],
  [{ encoding: "snappy, zstd" }, "content encoding"],
  [{ encoding: "" }, 'content encoding: got ""'],
  [{ version: "3.0.0" }, 'remote write version: got "3.0.0", want 0.1.0 or 2.0.0'],
] as const)("%j is refused", (given: Given, reason) => {
  const result = negotiate(headersOf(given));
  expect(result).toMatchObject({ kind: "refused", reason: expect.stringContaining(reason) });
});

test("message 2.0 is told by the type, whatever the version header says", () => {
  for (const version of ["2.0.0", "0.1.0", undefined]) {
    const headers = headersOf({ type: V2_TYPE, encoding: "snappy", ...(version && { version }) });
    expect(negotiate(headers)).toEqual({
      kind: "accepted",
      format: "remote-write-2",
      encoding: "snappy",
    });
  }
});

interface Given {
  readonly type?: string;
  readonly encoding?: string;
  readonly version?: string;
}

function headersOf(given: Given): Record<string, string | undefined> {
  return {
    "content-type": given.type,
    "content-encoding": given.encoding,
    "x-prometheus-remote-write-version": given.version,
  };
}
