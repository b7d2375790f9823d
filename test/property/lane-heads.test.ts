/**
 * Heads that are recognised are read as those that are parsed.
 * Covers: src/http/lane-heads.ts
 */
import fc from "fast-check";
import { parseLaneHead } from "#http/lane-head.ts";
import { LaneHeads } from "#http/lane-heads.ts";
import { expect, test } from "vitest";

const LINES = ["Host: gyre:8428", "User-Agent: vmagent", "Content-Encoding: snappy"];
const LENGTHS = ["12", "7", "90000", "0", "012", "1x", "", "1 2", "123456789012345678", "999"];

const head = fc
  .record({
    target: fc.constantFrom("/api/v1/write", "/api/v1/write", "/api/v1/writes"),
    before: fc.subarray(LINES),
    after: fc.subarray(LINES),
    length: fc.constantFrom(...LENGTHS),
    tail: fc.constantFrom("", "", "body", "\r\n"),
    padding: fc.constantFrom(0, 0, 0, 4000, 3990, 3980, 3970),
  })
  .map(({ target, before, after, length, tail, padding }) => {
    const lines = [`POST ${target} HTTP/1.1`, "Host: h", ...before, `Content-Length: ${length}`];
    if (padding > 0) lines.push(`x: ${"y".repeat(padding)}`);
    return Buffer.from([...lines, ...after, "", tail].join("\r\n"), "latin1");
  });
const change = fc.option(fc.tuple(fc.nat(400), fc.constantFrom(0, 10, 13, 48, 49, 58, 97)), {
  freq: 3,
});

test("a head known from the one before is read as if it were new", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(head, change, fc.nat(600)), { maxLength: 12 }), (chunks) => {
      const heads = new LaneHeads();
      for (const [bytes, changed, cut] of chunks) {
        const chunk = Buffer.from(bytes);
        if (changed !== null && changed[0] < chunk.length) chunk[changed[0]] = changed[1];
        for (const one of [chunk, chunk.subarray(0, cut), chunk]) {
          expect(heads.read(one)).toEqual(parseLaneHead(one));
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("heads that are alike share their headers", () => {
  const heads = new LaneHeads();
  const [first, second] = [5, 1234].map((length) =>
    heads.read(
      Buffer.from(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\na: b\r\n\r\n`),
    ),
  );
  expect(second).toMatchObject({ bodyBytes: 1234, headers: { host: "a", a: "b" } });
  expect(second!.headers).toBe(first!.headers);
});
