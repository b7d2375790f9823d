import snappy from "snappy";
import { expect, test } from "vitest";
import { writeBody } from "#cli/script/write-body.ts";
import { labelsOf } from "#model/labels.ts";
import { encodeWriteRequest } from "#test/support/remote-write-body.ts";

test("bodies are what an encoder written apart gives, in a frame that snappy reads", () => {
  const pairs = [
    ["__name__", "a"],
    ["é", "x".repeat(300)],
  ] as const;
  const samples = Array.from({ length: 9000 }, (_, at) => ({
    timeMs: at * 1000 - 5000,
    startMs: 0,
    value: at === 3 ? -0 : at === 4 ? Number.POSITIVE_INFINITY : at / 3,
  }));
  const body = writeBody([{ labels: labelsOf(pairs), samples }]);
  const plain = snappy.uncompressSync(Buffer.from(body)) as Buffer;
  const wanted = samples.map(({ timeMs, value }) => [timeMs, value] as const);
  const want = encodeWriteRequest([{ labels: pairs, samples: wanted }]);
  expect(Buffer.compare(plain, Buffer.from(want))).toBe(0);
});

test("a stale marker keeps its bits", () => {
  const labels = labelsOf([["__name__", "a"]]);
  const body = writeBody([{ labels, samples: [{ timeMs: 0, startMs: 0, value: "stale" }] }]);
  expect(Buffer.from(body).toString("hex")).toContain("020000000000f07f");
});
