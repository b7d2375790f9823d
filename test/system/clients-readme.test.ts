/**
 * What the README tells a newcomer to type works on a node that was just started, as it is written:
 * only the address is another one.
 */
import { execFile } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
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

async function run(line: string, folder: string, address: string): Promise<string> {
  const path = [folder, dirname(requirePart("promtool")), process.env["PATH"]].join(delimiter);
  const command = line.replaceAll(README_ADDRESS, address);
  const { stdout } = await bash("bash", ["-c", command], { env: { ...process.env, PATH: path } });
  return stdout;
}

/** An answer with data in it: JSON of the API, or text of a program. */
function hasData(output: string): boolean {
  if (!output.startsWith('{"status"')) return /\d/.test(output);
  const body = JSON.parse(output) as { status: string; data: { result?: unknown[] } | unknown[] };
  const list = Array.isArray(body.data) ? body.data : (body.data.result ?? []);
  return body.status === "success" && list.length > 0;
}

test("a fresh node has data of its own within seconds, and every step of the README works", async () => {
  using folder = new ScratchFolder();
  const startMs = performance.now();
  const node = await GyreProcess.start({ data: join(folder.path, "data") });
  const address = `127.0.0.1:${node.port}`;
  writeNpx(folder.path, address);
  try {
    await eventually("own metrics", FIRST_DATA_MS, async () => {
      const { result } = await queryInstant(node.url, 'up{job="gyre"} == 1', Date.now());
      return result.length === 1 ? true : null;
    });
    expect(performance.now() - startMs).toBeLessThan(FIRST_DATA_MS);
    const lines = steps();
    expect(lines.filter((line) => line.startsWith("curl ")).length).toBeGreaterThan(1);
    expect(lines.filter((line) => line.startsWith("promtool ")).length).toBeGreaterThan(0);
    for (const line of lines) {
      await eventually(line, STEP_MS_MAX, async () =>
        hasData(await run(line, folder.path, address)) ? true : null,
      );
    }
  } finally {
    await node.end("SIGTERM");
  }
});

test("what the node prints at its start works too, and so do /metrics and the page at /", async () => {
  using folder = new ScratchFolder();
  const node = await GyreProcess.start({ data: join(folder.path, "data") });
  const address = `127.0.0.1:${node.port}`;
  try {
    const printed = node.log.split("\n").map((line) => line.trim());
    const commands = printed.filter((line) => line.startsWith("curl "));
    expect(commands.length).toBeGreaterThan(0);
    for (const line of commands) {
      await eventually(line, STEP_MS_MAX, async () =>
        hasData(await run(line, folder.path, address)) ? true : null,
      );
    }
    const metrics = await run(`curl -sf http://${address}/metrics`, folder.path, address);
    expect(metrics).toMatch(/^gyre_ingest_samples_written_total\{worker="0"\} \d+$/m);
    const page = await run(`curl -sf http://${address}/`, folder.path, address);
    expect(page).toContain("remote_write");
  } finally {
    await node.end("SIGTERM");
  }
});
