/** The committed modules are what their sources compile to, byte for byte. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

test("the committed modules are fresh", () => {
  const script = new URL("../../../src/kernels/build.mjs", import.meta.url).pathname;
  const { status, stderr } = spawnSync(process.execPath, [script, "--check"], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
}, 120_000);
