/**
 * Years of history go into a node by import, survive `kill -9` right after the answer, come out by
 * export as they went in, and go into another node, whose export is the same again.
 */
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "#test/support/free-port.ts";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { queryInstant } from "#test/support/query-api.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";

const SERIES = 120;
const SAMPLES = 3000;
const HOUR_MS = 3_600_000;
/** Hourly samples from here reach over several months. */
const FIRST_MS = Date.UTC(2019, 0, 1);
const OLDER_MS = Date.UTC(2015, 5, 1);
const SPECIALS = ["-0", "null", '"Infinity"', '"-Infinity"', "5e-324", "1e+21", "0.1"];

const started = new AsyncDisposableStack();
let folder = "";
let node: GyreProcess;

beforeAll(async () => {
  folder = started.use(new ScratchFolder()).path;
  node = await start("first");
});

afterAll(() => started.disposeAsync());

async function start(name: string, port?: number): Promise<GyreProcess> {
  const data = join(folder, name);
  const args = ["--selfScrape.interval", "0", "--storage.retentionRaw", "unlimited"];
  const process = await GyreProcess.start({ data, args, port: port ?? (await freePort()) });
  started.defer(async () => void (await process.end("SIGTERM")));
  return process;
}

function lineOf(series: number, firstMs: number, count: number): string {
  const values: string[] = [];
  const timestamps: number[] = [];
  for (let i = 0; i < count; i++) {
    const special = (i * 31 + series) % 100;
    values.push(SPECIALS[special] ?? String((i * series) / 8));
    timestamps.push(firstMs + i * HOUR_MS);
  }
  const metric = `{"__name__":"history","n":"${series}"}`;
  return `{"metric":${metric},"values":[${values}],"timestamps":[${timestamps}]}`;
}

async function post(
  url: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  const response = await fetch(url, { method: "POST", body: Buffer.from(body), headers });
  return { status: response.status, text: await response.text() };
}

async function exported(url: string, params = ""): Promise<string[]> {
  const response = await fetch(`${url}/api/v1/export?match[]=history${params}`);
  expect(response.status).toBe(200);
  const text = await response.text();
  return text.split("\n").slice(0, -1).sort();
}

const lines = Array.from({ length: SERIES }, (_, series) => lineOf(series, FIRST_MS, SAMPLES));

test("an import is durable when it is answered, and comes out as it went in", async () => {
  const body = gzipSync(`${lines.join("\n")}\n`);
  const answer = await post(`${node.url}/api/v1/import`, body, { "content-encoding": "gzip" });
  expect(answer).toEqual({ status: 204, text: "" });
  const { port } = node;
  await node.end("SIGKILL");
  node = await start("first", port);
  expect(await exported(node.url)).toEqual(lines.toSorted());
});

test("sending it again changes nothing", async () => {
  expect((await post(`${node.url}/api/v1/import`, lines.join("\n"))).status).toBe(204);
  expect(await exported(node.url)).toEqual(lines.toSorted());
});

test("older history goes under what is there, and bad lines beside it are named", async () => {
  const older = [lineOf(1, OLDER_MS, 50), "{}", lineOf(2, OLDER_MS, 50)].join("\n");
  const answer = await post(`${node.url}/api/v1/import`, older);
  expect(answer.status).toBe(400);
  expect(answer.text).toContain("cannot import 1 of 3 lines; the rest is stored (100 samples)");
  expect(answer.text).toContain("line 2: got no array values");
  const range = `&start=${OLDER_MS / 1000}&end=${(FIRST_MS - 1) / 1000}`;
  expect(await exported(node.url, range)).toEqual([
    lineOf(1, OLDER_MS, 50),
    lineOf(2, OLDER_MS, 50),
  ]);
  const { result } = await queryInstant(node.url, "history", OLDER_MS);
  expect(new Set(result.map(({ metric }) => metric["n"]))).toEqual(new Set(["1", "2"]));
});

test("another node takes the export, and its own is the same", async () => {
  const first = await exported(node.url);
  const other = await start("second");
  expect((await post(`${other.url}/api/v1/import`, first.join("\n"))).status).toBe(204);
  expect(await exported(other.url)).toEqual(first);
});

test("metrics text and CSV arrive in the same place", async () => {
  const text = 'imported{form="text"} 7\nimported{form="text"} 8 1500000000000\n';
  const at = "timestamp=1600000000000&extra_label=dc=a";
  expect((await post(`${node.url}/api/v1/import/prometheus?${at}`, text)).status).toBe(204);
  const format = "1:label:form,2:metric:imported,3:time:rfc3339";
  const csv = "csv,9,2020-09-13T12:26:40Z\n";
  const url = `${node.url}/api/v1/import/csv?extra_label=dc=a&format=${format}`;
  expect((await post(url, csv)).status).toBe(204);
  const { result } = await queryInstant(node.url, "imported", 1_600_000_000_000);
  const got = result.map(({ metric, value }) => `${metric["dc"]} ${metric["form"]} ${value?.[1]}`);
  expect(got.sort()).toEqual(["a csv 9", "a text 7"]);
});

test("a client that stops in the middle of an export holds nothing up", async () => {
  for (let i = 0; i < 40; i++) {
    const controller = new AbortController();
    const url = `${node.url}/api/v1/export?match[]=history`;
    const response = await fetch(url, { signal: controller.signal });
    await response.body!.getReader().read();
    controller.abort();
  }
  expect((await exported(node.url)).length).toBeGreaterThan(0);
});
