/**
 * What the README tells a newcomer to type works on a node that was just started, as it is written:
 * only the address is another one.
 */
import { execFile } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "#test/support/eventually.ts";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { queryInstant } from "#test/support/query-api.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";
import { requirePart } from "#test/support/system-parts.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const README_ADDRESS = "127.0.0.1:8428";
/** Promised: a fresh start has data of its own this soon. */
const FIRST_DATA_MS = 10_000;
/** A rate needs two scrapes. */
const STEP_MS_MAX = 20_000;

const bash = promisify(execFile);

/** Lines of the README's shell blocks that ask a running node. */
function steps(): string[] {
  const text = readFileSync(join(ROOT, "README.md"), "utf8");
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block!);
  return blocks
    .flatMap((block) => block.split("\n"))
    .filter((line) => /^(curl|promtool|npx gyre query) /.test(line));
}

/** `npx gyre` with the programs this machine has, and the node's address for the default one. */
function writeNpx(folder: string, address: string): void {
  const launch = join(ROOT, "src/cli/launch.mjs");
  const text = `#!/bin/sh\nshift\nexec "${process.execPath}" "${launch}" "$@" --server http://${address}\n`;
  writeFileSync(join(folder, "npx"), text);
  chmodSync(join(folder, "npx"), 0o755);
}

/** An answer with data in it: JSON of the API, or text of a program. */
function hasData(output: string): boolean {
  if (!output.startsWith('{"status"')) return /\d/.test(output);
  const body = JSON.parse(output) as { status: string; data: { result?: unknown[] } | unknown[] };
  const list = Array.isArray(body.data) ? body.data : (body.data.result ?? []);
  return body.status === "success" && list.length > 0;
}

const started = new AsyncDisposableStack();
let node: GyreProcess;
let folder = "";
let address = "";
let firstDataMs = 0;

beforeAll(async () => {
  folder = started.use(new ScratchFolder()).path;
  const startMs = performance.now();
  node = await GyreProcess.start({ data: join(folder, "data") });
  started.defer(async () => void (await node.end("SIGTERM")));
  address = `127.0.0.1:${node.port}`;
  writeNpx(folder, address);
  await eventually("own metrics", FIRST_DATA_MS, async () => {
    const { result } = await queryInstant(node.url, 'up{job="gyre"} == 1', Date.now());
    return result.length === 1 ? true : null;
  });
  firstDataMs = performance.now() - startMs;
});

afterAll(() => started.disposeAsync());

async function run(line: string): Promise<string> {
  const path = [folder, dirname(requirePart("promtool")), process.env["PATH"]].join(delimiter);
  const command = line.replaceAll(README_ADDRESS, address);
  const { stdout } = await bash("bash", ["-c", command], { env: { ...process.env, PATH: path } });
  return stdout;
}

async function expectData(line: string): Promise<void> {
  await eventually(line, STEP_MS_MAX, async () => (hasData(await run(line)) ? true : null));
}

test("a fresh node has data of its own within seconds", () => {
  expect(firstDataMs).toBeLessThan(FIRST_DATA_MS);
});

test("every step of the README works", async () => {
  const lines = steps();
  expect(lines.filter((line) => line.startsWith("curl ")).length).toBeGreaterThan(1);
  expect(lines.filter((line) => line.startsWith("promtool ")).length).toBeGreaterThan(0);
  for (const line of lines) await expectData(line);
});

test("what the node prints at its start works too", async () => {
  const printed = node.log.split("\n").map((line) => line.trim());
  const lines = printed.filter((line) => line.startsWith("curl "));
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) await expectData(line);
});

test("curl gets the node's metrics, and the page at / says where to write to", async () => {
  const metrics = await run(`curl -sf http://${README_ADDRESS}/metrics`);
  expect(metrics).toMatch(/^gyre_ingest_samples_written_total\{worker="0"\} \d+$/m);
  expect(await run(`curl -sf http://${README_ADDRESS}/`)).toContain("remote_write");
});
