import { expect, test } from "vitest";
import { isErrorOf } from "#base/engine-error.ts";
import { decodeControlFile, encodeControlFile } from "#runtime/control/control-file.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";

const content = {
  revision: 7,
  entries: [
    { key: "node/é", modRevision: 3, value: Uint8Array.of(0, 255, 10) },
    { key: "shard/1", modRevision: 7, value: new Uint8Array(0) },
  ],
};

test("format 0 stays readable: header line and body as documented", () => {
  const text = new TextDecoder().decode(encodeControlFile(content));
  expect(text).toMatchInlineSnapshot(`
    "{"magic":"gyre-control","version":0,"bodyBytes":120,"crc32c":"e7c6035b"}
    {"revision":7,"entries":[{"key":"node/é","modRevision":3,"value":"AP8K"},{"key":"shard/1","modRevision":7,"value":""}]}"
  `);
  expect(decodeControlFile(encodeControlFile(content))).toEqual(content);
});

test("a torn file is refused at every length", () => {
  const whole = encodeControlFile(content);
  for (let length = 0; length < whole.length; length++) {
    let error: unknown = null;
    try {
      decodeControlFile(whole.subarray(0, length));
    } catch (caught) {
      error = caught;
    }
    expect(isErrorOf(error, runtimeErrors.controlCorrupt), `length ${length}`).toBe(true);
  }
});
