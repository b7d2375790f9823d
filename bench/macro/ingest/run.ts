/**
 * `npm run bench -- ingest [--peers] [--smoke]`: CPU per sample of the whole server (user + system,
 * all threads, until idle) for steady ingest over loopback. The first round registers the series
 * and is reported apart, some more warm the server up. Runs of the servers are interleaved; medians and ranges are printed.
 */
import { parseArgs } from "node:util";
import { machineLine } from "../../machine-line.ts";
import { median, medianRange, timesOf } from "../../median-range.ts";
import { measureIngest } from "./measure-ingest.ts";
import type { IngestRun } from "./measure-ingest.ts";
import { payloadFolder } from "./payload-file.ts";
import type { PayloadOptions } from "./payload-file.ts";
import type { ServerName } from "./servers.ts";

const { values } = parseArgs({
  options: {
    peers: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
    runs: { type: "string", default: "5" },
    instances: { type: "string", default: "200" },
    rounds: { type: "string", default: "31" },
    "warm-up": { type: "string", default: "10" },
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
const warmUpRounds = values.smoke ? 0 : Number(values["warm-up"]);
const runs = values.smoke ? 1 : Number(values.runs);
const servers: readonly ServerName[] = values.peers
  ? ["gyre", "victoria-metrics", "prometheus"]
  : ["gyre"];

function report(all: readonly IngestRun[]): void {
  const base = all.filter((one) => one.server === "gyre").map((one) => one.steadyNs);
  console.log(
    "| server | CPU ns/sample, steady (range) | vs gyre | us/new series | peak RSS MB | " +
      "disk B/sample | log B/sample | ack p50 / p99 ms | samples/s wall |",
  );
  console.log("|---|---|---|---|---|---|---|---|---|");
  for (const name of servers) {
    const of = all.filter((one) => one.server === name);
    const ns = of.map((one) => one.steadyNs);
    const pick = (key: Exclude<keyof IngestRun, "server">): number =>
      median(of.map((one) => one[key]));
    console.log(
      `| ${name} | ${medianRange(ns)} | ${timesOf(median(ns), median(base))} | ` +
        `${pick("registerUs").toFixed(1)} | ${pick("peakRssMb").toFixed(0)} | ` +
        `${pick("diskBytes").toFixed(1)} | ${pick("logBytes").toFixed(2)} | ` +
        `${pick("p50Ms").toFixed(1)} / ${pick("p99Ms").toFixed(1)} | ` +
        `${(pick("wallRate") / 1e6).toFixed(2)}M |`,
    );
  }
}

console.log(machineLine());
console.log(
  `payload: ${JSON.stringify(payload)}, ${warmUpRounds} rounds of warm-up, ` +
    `${values.connections} connections`,
);
if (values.gyre.length > 0) console.log(`gyre with ${values.gyre.join(" ")}`);
const folder = payloadFolder(payload);
const connections = Number(values.connections);
const all: IngestRun[] = [];
for (let i = 0; i < runs; i++) {
  for (const server of servers) {
    const plan = {
      server,
      extra: values.gyre,
      folder,
      rounds: payload.rounds,
      warmUpRounds,
      connections,
      isSmoke: values.smoke,
    };
    const measured = await measureIngest(plan);
    all.push(measured);
    console.log(
      `run ${i + 1}/${runs} ${server}: ${measured.steadyNs.toFixed(0)} ns/sample, ` +
        `p99 ${measured.p99Ms.toFixed(1)} ms, ${measured.peakRssMb.toFixed(0)} MB`,
    );
  }
}
report(all);
