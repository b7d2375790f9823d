/**
 * A short differential run: generated queries, Gyre against the Debian package of Prometheus. The
 * full run, and the one against Prometheus 3.14, is `npm run test:differential`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { requirePart } from "#test/support/system-parts.ts";

const RUN = new URL("../differential/run.ts", import.meta.url).pathname;

async function run(...args: string[]): Promise<{ code: unknown; output: string }> {
  requirePart("prometheus");
  const child = spawn(process.execPath, [RUN, "--reference", "2.42", ...args]);
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  return { code, output };
}

test("generated queries are answered as Prometheus does", async () => {
  const { code, output } = await run("--smoke");
  expect(output).toContain("300 queries");
  expect({ code, output }).toMatchObject({ code: 0 });
});

test("planted bugs are found", async () => {
  const { code, output } = await run("--planted");
  expect(output).toContain("12 bugs planted, 12 found");
  expect(code).toBe(0);
});
