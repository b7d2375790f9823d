/**
 * A history moves between VictoriaMetrics and a node in both directions, over the doors both have:
 * what one exports the other imports, and gives back the same.
 */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "#test/support/eventually.ts";
import { freePort } from "#test/support/free-port.ts";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";
import { startProcess } from "#test/support/start-process.ts";
import { requirePart } from "#test/support/system-parts.ts";

const SERIES = 20;
const SAMPLES = 500;
const HOUR_MS = 3_600_000;
/** What it takes in shows up in its answers some seconds later. */
const SEEN_MS_MAX = 60_000;

const started = new AsyncDisposableStack();
let gyre = "";
let victoria = "";

beforeAll(async () => {
  const folder = started.use(new ScratchFolder()).path;
  const args = ["--selfScrape.interval", "0", "--storage.retentionRaw", "unlimited"];
  const node = await GyreProcess.start({ data: join(folder, "gyre"), args });
  started.defer(async () => void (await node.end("SIGTERM")));
  gyre = node.url;
  const address = `127.0.0.1:${await freePort()}`;
  victoria = `http://${address}`;
  const peer = await startProcess({
    path: requirePart("victoria-metrics"),
    args: [
      `-storageDataPath=${join(folder, "victoria")}`,
      `-httpListenAddr=${address}`,
      "-retentionPeriod=100y",
    ],
    isReady: () =>
      fetch(`${victoria}/health`).then(
        (response) => response.ok,
        () => false,
      ),
  });
  started.use(peer);
});

afterAll(() => started.disposeAsync());

async function importInto(url: string, body: string, path = ""): Promise<void> {
  const response = await fetch(`${url}/api/v1/import${path}`, { method: "POST", body });
  expect(response.status, await response.text()).toBe(204);
}

/** Sorted, with the labels in one order: the order of both is their server's own. */
async function exported(url: string, match: string): Promise<string[]> {
  const response = await fetch(`${url}/api/v1/export?match[]=${match}`);
  const lines = (await response.text()).split("\n").slice(0, -1);
  const records = lines.map((line) => {
    const { metric, values, timestamps } = JSON.parse(line) as {
      metric: Record<string, string>;
      values: unknown[];
      timestamps: number[];
    };
    const labels = Object.entries(metric).map(([name, value]) => `${name}=${value}`);
    return JSON.stringify({ labels: labels.toSorted(), values, timestamps });
  });
  return records.toSorted();
}

function history(name: string): string {
  const firstMs = Date.now() - SAMPLES * HOUR_MS;
  const lines = Array.from({ length: SERIES }, (_, n) => {
    const values = Array.from({ length: SAMPLES }, (__, i) => (i * n) / 8);
    const timestamps = values.map((_value, i) => firstMs + i * HOUR_MS);
    return JSON.stringify({
      metric: { __name__: name, n: String(n), é: 'a"b' },
      values,
      timestamps,
    });
  });
  return `${lines.join("\n")}\n`;
}

test("what a node exports, VictoriaMetrics takes and gives back", async () => {
  await importInto(gyre, history("there"));
  const own = await exported(gyre, "there");
  expect(own).toHaveLength(SERIES);
  const text = await (await fetch(`${gyre}/api/v1/export?match[]=there`)).text();
  await importInto(victoria, text);
  await eventually("the history in VictoriaMetrics", SEEN_MS_MAX, async () => {
    const theirs = await exported(victoria, "there");
    return JSON.stringify(theirs) === JSON.stringify(own) ? true : null;
  });
});

test("what VictoriaMetrics exports, a node takes and gives back", async () => {
  await importInto(victoria, history("back"));
  const theirs = await eventually("the history in VictoriaMetrics", SEEN_MS_MAX, async () => {
    const seen = await exported(victoria, "back");
    return seen.length === SERIES ? seen : null;
  });
  const text = await (await fetch(`${victoria}/api/v1/export?match[]=back`)).text();
  await importInto(gyre, text);
  expect(await exported(gyre, "back")).toEqual(theirs);
});

test("infinities cross however VictoriaMetrics writes them", async () => {
  const text = "odd +Inf 1700000000000\nodd -Inf 1700000015000\nodd 5 1700000030000\n";
  await importInto(victoria, text, "/prometheus");
  const line = await eventually("the samples in VictoriaMetrics", SEEN_MS_MAX, async () => {
    const seen = await (await fetch(`${victoria}/api/v1/export?match[]=odd`)).text();
    return seen === "" ? null : seen;
  });
  await importInto(gyre, line);
  const [record] = await exported(gyre, "odd");
  expect(JSON.parse(record!)).toMatchObject({ values: ["Infinity", "-Infinity", 5] });
});
