/**
 * An unmodified vmagent (snappy remote write) started as the README says: everything it counts as
 * sent is stored, once, and what it says has ended, ends.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "#test/support/eventually.ts";
import { freePort } from "#test/support/free-port.ts";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { startNodeExporter } from "#test/support/node-exporter.ts";
import type { NodeExporter } from "#test/support/node-exporter.ts";
import { queryInstant } from "#test/support/query-api.ts";
import { pointsOf } from "#test/support/query-compare.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";
import { startProcess } from "#test/support/start-process.ts";
import { requirePart } from "#test/support/system-parts.ts";

/** Scrapes come far enough apart that between two of them everything is sent. */
const SCRAPE_INTERVAL = "3s";
const ROUNDS_MIN = 4;
const WAIT_MS = 60_000;
/** A page whose series neither come nor go: every row is a sample, none a stale marker. */
const COLLECTORS = ["cpu", "loadavg", "meminfo", "stat", "time", "uname", "vmstat"];

const started = new AsyncDisposableStack();
let gyre = "";
let vmagent = "";
let exporter: NodeExporter;

beforeAll(async () => {
  const folder = started.use(new ScratchFolder());
  const data = join(folder.path, "data");
  const node = await GyreProcess.start({ data, args: ["--selfScrape.interval", "0"] });
  started.defer(async () => void (await node.end("SIGTERM")));
  exporter = await startNodeExporter({ collectors: COLLECTORS });
  started.use(exporter);
  const config = {
    global: { scrape_interval: SCRAPE_INTERVAL },
    scrape_configs: [{ job_name: "node", static_configs: [{ targets: [exporter.address] }] }],
  };
  writeFileSync(join(folder.path, "scrape.yml"), JSON.stringify(config));
  gyre = node.url;
  vmagent = `http://127.0.0.1:${await freePort()}`;
  started.use(
    await startProcess({
      path: requirePart("vmagent"),
      args: [
        "-promscrape.config=scrape.yml",
        `-remoteWrite.url=${gyre}/api/v1/write`,
        `-httpListenAddr=${new URL(vmagent).host}`,
      ],
      // It keeps its queue in the folder it is started in.
      cwd: folder.path,
      isReady: () =>
        fetch(`${vmagent}/health`).then(
          ({ ok }) => ok,
          () => false,
        ),
    }),
  );
});

afterAll(() => started.disposeAsync());

/** Sum over the series of one metric of a /metrics page. */
async function metric(url: string, name: string): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  const lines = page.split("\n").filter((line) => /^[a-z_]+/.exec(line)?.[0] === name);
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}

async function storedSamples(): Promise<number> {
  const { result } = await queryInstant(gyre, '{__name__=~".+"}[10m]', Date.now() + 1000);
  return result.reduce((sum, series) => sum + pointsOf(series).length, 0);
}

test("what vmagent counts as sent is stored, sample by sample", async () => {
  const counts = await eventually("a pause in which all is sent and stored", WAIT_MS, async () => {
    const sent = await metric(vmagent, "vmagent_remotewrite_block_size_rows_sum");
    const blocks = await metric(vmagent, "vmagent_remotewrite_block_size_rows_count");
    if (blocks < ROUNDS_MIN) return null;
    const stored = await storedSamples();
    const written = await metric(gyre, "gyre_ingest_samples_written_total");
    const sentAfter = await metric(vmagent, "vmagent_remotewrite_block_size_rows_sum");
    return sent === sentAfter && stored === sent ? { sent, stored, written } : null;
  });
  expect(counts.written).toBe(counts.sent);
  expect(counts.sent).toBeGreaterThan(ROUNDS_MIN * 100);
  expect(await metric(vmagent, "vmagent_remotewrite_retries_count_total")).toBe(0);
  expect(await metric(vmagent, "vmagent_remotewrite_errors_total")).toBe(0);
  expect(await metric(vmagent, "vmagent_remotewrite_packets_dropped_total")).toBe(0);
  expect(await metric(gyre, "gyre_ingest_samples_rejected_total")).toBe(0);
});

test("its series carry the labels of the target, and move", async () => {
  const query = 'count by(job, instance)(changes(node_time_seconds{job="node"}[1m]) > 1)';
  const { result } = await queryInstant(gyre, query, Date.now());
  expect(result.map((series) => series.metric)).toEqual([
    { job: "node", instance: exporter.address },
  ]);
});

test("when the target goes down its series end at once, and up says so", async () => {
  const look = async (query: string): Promise<string | undefined> =>
    (await queryInstant(gyre, query, Date.now())).result[0]?.value?.[1];
  expect(await look("count(node_cpu_seconds_total) > bool 0")).toBe("1");
  await exporter[Symbol.asyncDispose]();
  await eventually("up = 0", WAIT_MS, async () => ((await look("up")) === "0" ? true : null));
  await eventually("stale series", WAIT_MS, async () =>
    (await look('absent({__name__=~"node_.+"})')) === "1" ? true : null,
  );
});
