/**
 * What an operator does with files: a history is imported from one, exported to another, and the
 * data folder of the stopped node is looked into, whole and damaged.
 */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "#test/support/eventually.ts";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";

const MAIN = new URL("../../cluster/main.ts", import.meta.url).pathname;
const MINUTE_MS = 60_000;
const SAMPLES = 500;

/** What comes in is in blocks some seconds later, and some of it is still in the log. */
const SHORT_WINDOW = ["--storage.headWindow", "2s"];
const FLUSH_MS_MAX = 60_000;

const started = new AsyncDisposableStack();
let folder = "";
let data = "";
let node: GyreProcess;

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function gyre(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

beforeAll(async () => {
  folder = started.use(new ScratchFolder()).path;
  data = join(folder, "data");
  node = await GyreProcess.start({ data, args: ["--selfScrape.interval", "0", ...SHORT_WINDOW] });
  started.defer(async () => void (await node.end("SIGTERM")));
});

afterAll(() => started.disposeAsync());

function blockPaths(): string[] {
  const names = readdirSync(data, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".blk")).map((name) => join(data, name));
}

async function everythingInBlocks(): Promise<void> {
  await eventually("nothing in memory", FLUSH_MS_MAX, async () => {
    const text = await (await fetch(`${node.url}/metrics`)).text();
    const held = [...text.matchAll(/^gyre_head_samples\{.*\} (\d+)$/gm)];
    return held.length > 0 && held.every(([, count]) => count === "0") ? true : null;
  });
}

function history(): string {
  const firstMs = Date.now() - SAMPLES * MINUTE_MS;
  const lines = Array.from({ length: 40 }, (_, n) => {
    const values = Array.from({ length: SAMPLES }, (__, i) => i * n);
    const timestamps = values.map((_value, i) => firstMs + i * MINUTE_MS);
    return JSON.stringify({ metric: { __name__: "filed", n: String(n) }, values, timestamps });
  });
  return `${lines.toSorted().join("\n")}\n`;
}

test("a file goes in and comes out the same", async () => {
  const text = history();
  const [source, target] = [join(folder, "in.jsonl.gz"), join(folder, "out.jsonl")];
  writeFileSync(source, gzipSync(text));
  const imported = await gyre("import", source, "--url", node.url);
  expect(imported, imported.err).toMatchObject({ code: 0, out: expect.stringContaining("stored") });
  const expectSame = async (): Promise<void> => {
    const exported = await gyre("export", "filed", "--url", node.url, "--output", target);
    expect(exported.code, exported.err).toBe(0);
    const lines = readFileSync(target, "utf8").split("\n").slice(0, -1);
    expect(`${lines.toSorted().join("\n")}\n`).toBe(text);
  };
  await expectSame();
  await eventually("blocks", FLUSH_MS_MAX, async () => (blockPaths().length > 0 ? true : null));
  await expectSame();
  const bad = await gyre("export", "filed{", "--url", node.url);
  expect([bad.code, bad.err]).toEqual([1, expect.stringContaining("cannot export")]);
});

test("the folder of a running node is left alone", async () => {
  const { code, err } = await gyre("inspect", "--data", data);
  expect([code, err]).toEqual([1, expect.stringContaining("stop the node first")]);
});

test("a stopped node's folder is sound, and its samples are counted", async () => {
  await everythingInBlocks();
  await node.end("SIGTERM");
  const verified = await gyre("inspect", "--data", data);
  expect(verified.code, verified.err).toBe(0);
  const blocks = await gyre("inspect", "blocks", "--data", data, "--limit", "100000");
  const rows = blocks.out.split("\n").slice(2, -1);
  const raw = rows.map((row) => row.trim().split(/ +/)).filter(([, , tier]) => tier === "raw");
  expect(raw.reduce((sum, row) => sum + Number(row[6]), 0)).toBe(40 * SAMPLES);
  const series = await gyre("inspect", "series", "--data", data, "--limit", "3");
  expect(series.out).toContain('filed{n="');
  expect((await gyre("inspect", "log", "--data", data)).out).toMatch(/newest/);
});

test("a changed byte in a block is found by its file", async () => {
  const path = blockPaths()[0]!;
  const bytes = readFileSync(path);
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  writeFileSync(path, bytes);
  const { code, err } = await gyre("inspect", "verify", "--data", data);
  expect(code).toBe(1);
  expect(err).toContain(`damaged: ${path}`);
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  writeFileSync(path, bytes);
});

test("a changed byte in a log is found by file and offset", async () => {
  const logFolder = join(data, "wal", "0000");
  const name = readdirSync(logFolder).toSorted()[0]!;
  const path = join(logFolder, name);
  const bytes = readFileSync(path);
  bytes[200]! ^= 1;
  writeFileSync(path, bytes);
  const { code, err } = await gyre("inspect", "verify", "--data", data);
  expect(code).toBe(1);
  expect(err).toContain(`damaged: ${path}, offset `);
});
