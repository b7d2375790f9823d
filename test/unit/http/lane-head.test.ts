import { expect, test } from "vitest";
import { parseLaneHead } from "#http/lane-head.ts";

const LINE = "POST /api/v1/write?a=b HTTP/1.1";
const HOST = "Host: gyre:8428";
const LENGTH = "Content-Length: 12";

function parse(...lines: string[]): ReturnType<typeof parseLaneHead> {
  return parseLaneHead(Buffer.from([...lines, "", "body"].join("\r\n"), "latin1"));
}

test("a plain head is read, names in lower case, values without blanks around them", () => {
  const head = parse(LINE, HOST, LENGTH, "User-Agent: \t vmagent ", "Connection: Keep-Alive");
  expect(head).toEqual({
    target: "/api/v1/write?a=b",
    headers: Object.assign(Object.create(null), {
      host: "gyre:8428",
      "user-agent": "vmagent",
      connection: "Keep-Alive",
    }),
    bodyBytes: 12,
    lengthAt: [LINE, HOST, "Content-Length: "].join("\r\n").length,
    headBytes:
      [LINE, HOST, LENGTH, "User-Agent: \t vmagent ", "Connection: Keep-Alive"].join("\r\n")
        .length + 4,
  });
});

const NOT_PLAIN: readonly (readonly string[])[] = [
  ["GET / HTTP/1.1", HOST, LENGTH],
  ["post /api/v1/write HTTP/1.1", HOST, LENGTH],
  ["POST /api/v1/write HTTP/1.0", HOST, LENGTH],
  ["POST /api/v1/write  HTTP/1.1", HOST, LENGTH],
  ["POST  HTTP/1.1", HOST, LENGTH],
  ["POST /\u0001 HTTP/1.1", HOST, LENGTH],
  [LINE, LENGTH],
  [LINE, HOST],
  [LINE, HOST, "Content-Length: +12"],
  [LINE, HOST, "Content-Length: 012"],
  [LINE, HOST, "Content-Length: 0"],
  [LINE, HOST, "Content-Length: 12, 12"],
  [LINE, HOST, LENGTH, LENGTH],
  [LINE, HOST, LENGTH, "Transfer-Encoding: identity"],
  [LINE, HOST, LENGTH, "Expect: 100-continue"],
  [LINE, HOST, LENGTH, "Upgrade: h2c"],
  [LINE, HOST, LENGTH, "Connection: close"],
  [LINE, HOST, LENGTH, "Connection: keep-alive, upgrade"],
  [LINE, HOST, LENGTH, " folded: x"],
  [LINE, HOST, LENGTH, "name : x"],
  [LINE, HOST, LENGTH, ": x"],
  [LINE, HOST, LENGTH, "no colon"],
  [LINE, HOST, LENGTH, "a: x\ny"],
  [LINE, HOST, LENGTH, "a: x\ry"],
  [LINE, HOST, LENGTH, "a: x\u0000"],
  [LINE, HOST, LENGTH, "a: \u00e9"],
  [LINE, HOST, LENGTH, `a: ${"x".repeat(5000)}`],
  [LINE, HOST, LENGTH, ...Array.from({ length: 101 }, (_, i) => `a${i}: 1`)],
];

test("everything else is not for the lane", () => {
  for (const lines of NOT_PLAIN) expect(parse(...lines), lines.join("|")).toBeNull();
  expect(parseLaneHead(Buffer.from([LINE, HOST, LENGTH].join("\r\n")))).toBeNull();
});
