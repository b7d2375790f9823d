import fc from "fast-check";
import { expect, test } from "vitest";
import { LineSplitter, type SplitLine } from "#ingest/import/line-splitter.ts";

function split(chunks: readonly Uint8Array[], bytesMax: number): SplitLine[] {
  const splitter = new LineSplitter(bytesMax);
  const lines: SplitLine[] = [];
  for (const chunk of chunks) {
    splitter.feed(chunk);
    for (let line = splitter.next(); line !== null; line = splitter.next()) lines.push(line);
    // What was held must not be a view of a buffer that others reuse.
    chunk.fill(0x3f);
  }
  const last = splitter.end();
  return last === null ? lines : [...lines, last];
}

test("lines come out as a plain split says, wherever the chunks are cut", () => {
  const text = fc.array(fc.constantFrom("a", "é", "\n", "\u{1f600}", " ", "\r\n"), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(text, fc.array(fc.nat(80)), (parts, cuts) => {
      const bytes = Buffer.from(parts.join(""));
      const ends = [...cuts.filter((cut) => cut < bytes.length), bytes.length];
      ends.sort((a, b) => a - b);
      const chunks = ends.map((end, i) => Uint8Array.from(bytes.subarray(ends[i - 1] ?? 0, end)));
      const want = bytes.toString().split("\n");
      if (want.at(-1) === "") want.pop();
      const got = split(chunks, 1000);
      expect(got.map((line) => line.text)).toEqual(want.map((line) => line.replace(/\r$/, "")));
      expect(got.map(({ number }) => number)).toEqual(want.map((_, i) => i + 1));
    }),
  );
});

test("a line over the limit is a fault and the next one is fine", () => {
  const lines = split([Buffer.from("12345678"), Buffer.from("9\nok\n1234567890")], 8);
  expect(lines.map(({ text, fault }) => [text, fault])).toEqual([
    ["", "got a line of 9 bytes, want at most 8"],
    ["ok", null],
    ["", "got a line of 10 bytes, want at most 8"],
  ]);
});

test("bytes that are no text are a fault of their line", () => {
  const lines = split([Buffer.from("a\n\xff\nb", "latin1")], 8);
  expect(lines.map(({ fault }) => fault)).toEqual([null, "got bytes that are not UTF-8", null]);
});
