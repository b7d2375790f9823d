/**
 * `npm run bench -- ingest [--peers] [--smoke]`: CPU per sample of the whole server (user + system,
 * all threads, until idle) for steady ingest over loopback. The first round registers the series
 * and is reported apart. Runs of the servers are interleaved; medians and ranges are printed.
 */
import { execFile } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { payloadFolder } from "./payload-file.ts";
import type { PayloadOptions } from "./payload-file.ts";
import { costWhenIdle } from "./process-cost.ts";
import { startServer } from "./servers.ts";
import type { BenchServer, ServerName } from "./servers.ts";

const SENDER = new URL("./sender.ts", import.meta.url).pathname;
const run = promisify(execFile);

interface Sent {
  readonly samples: number;
  readonly wallMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Measured {
  readonly server: ServerName;
  readonly steadyNs: number;
  readonly registerUs: number;
  readonly peakRssMb: number;
  readonly diskBytes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly wallRate: number;
}

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    peers: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
    runs: { type: "string", default: "5" },
    instances: { type: "string", default: "200" },
    rounds: { type: "string", default: "31" },
    "per-request": { type: "string", default: "2000" },
    connections: { type: "string", default: "16" },
    order: { type: "string", default: "scrape" },
    /** Passed on to Gyre: `--gyre=--storage.lanes=1`. */
    gyre: { type: "string", multiple: true, default: [] },
  },
});

const payload: PayloadOptions = {
  instances: values.smoke ? 4 : Number(values.instances),
  rounds: values.smoke ? 3 : Number(values.rounds),
  samplesPerRequest: Number(values["per-request"]),
  order: values.order as PayloadOptions["order"],
};
const runs = values.smoke ? 1 : Number(values.runs);

async function send(server: BenchServer, from: number, to: number): Promise<Sent> {
  const { stdout } = await run(process.execPath, [
    SENDER,
    ...["--port", String(server.port), "--path", server.writePath],
    ...["--folder", folder, "--from", String(from), "--to", String(to)],
    ...["--connections", values.connections],
  ]);
  return JSON.parse(stdout) as Sent;
}

async function measure(name: ServerName): Promise<Measured> {
  await using server = await startServer(name, values.gyre);
  const atStart = await costWhenIdle(server.pid);
  const first = await send(server, 0, 1);
  const registered = await costWhenIdle(server.pid);
  const steady = await send(server, 1, payload.rounds);
  const end = await costWhenIdle(server.pid);
  return {
    server: name,
    registerUs: ((registered.cpuSeconds - atStart.cpuSeconds) / first.samples) * 1e6,
    steadyNs: ((end.cpuSeconds - registered.cpuSeconds) / steady.samples) * 1e9,
    peakRssMb: end.peakRssBytes / 1024 ** 2,
    diskBytes: folderBytes(server.data) / (first.samples + steady.samples),
    p50Ms: steady.p50Ms,
    p99Ms: steady.p99Ms,
    wallRate: steady.samples / (steady.wallMs / 1000),
  };
}

function folderBytes(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).blocks * 512;
  }
  return bytes;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

function report(all: readonly Measured[]): void {
  const base = all.filter((one) => one.server === "gyre").map((one) => one.steadyNs);
  console.log(
    "| server | CPU ns/sample, steady (range) | vs gyre | us/new series | peak RSS MB | " +
      "disk B/sample | ack p50 / p99 ms | samples/s wall |",
  );
  console.log("|---|---|---|---|---|---|---|---|");
  for (const name of servers) {
    const of = all.filter((one) => one.server === name);
    const ns = of.map((one) => one.steadyNs);
    const pick = (key: keyof Measured): number => median(of.map((one) => one[key] as number));
    console.log(
      `| ${name} | ${median(ns).toFixed(0)} (${Math.min(...ns).toFixed(0)}-` +
        `${Math.max(...ns).toFixed(0)}) | ${(median(ns) / median(base)).toFixed(2)}x | ` +
        `${pick("registerUs").toFixed(1)} | ${pick("peakRssMb").toFixed(0)} | ` +
        `${pick("diskBytes").toFixed(1)} | ${pick("p50Ms").toFixed(1)} / ` +
        `${pick("p99Ms").toFixed(1)} | ${(pick("wallRate") / 1e6).toFixed(2)}M |`,
    );
  }
}

const servers: readonly ServerName[] = values.peers
  ? ["gyre", "victoria-metrics", "prometheus"]
  : ["gyre"];
console.log(`payload: ${JSON.stringify(payload)}, ${values.connections} connections`);
const folder = payloadFolder(payload);
const all: Measured[] = [];
for (let i = 0; i < runs; i++) {
  for (const name of servers) {
    const measured = await measure(name);
    all.push(measured);
    console.log(`run ${i + 1}/${runs} ${name}: ${measured.steadyNs.toFixed(0)} ns/sample`);
  }
}
report(all);
