/**
 * `npm run bench -- handoff [--smoke]`: bodies parsed where they were received (the product) against
 * bodies moved through shared-memory slots by one edge thread (`slot-node.ts`). Same receivers, logs
 * and shards behind both; two shard workers, so about half of all batches change worker.
 */
import { parseArgs } from "node:util";
import { machineLine } from "../../machine-line.ts";
import { median, medianRange, timesOf } from "../../median-range.ts";
import { measureIngest } from "../ingest/measure-ingest.ts";
import type { IngestRun } from "../ingest/measure-ingest.ts";
import { payloadFolder } from "../ingest/payload-file.ts";
import type { ServerName } from "../ingest/servers.ts";

const { values } = parseArgs({
  options: {
    smoke: { type: "boolean", default: false },
    runs: { type: "string", default: "7" },
    instances: { type: "string", default: "200" },
    rounds: { type: "string", default: "31" },
    "warm-up": { type: "string", default: "10" },
    connections: { type: "string", default: "16" },
  },
});

const VARIANTS: readonly (readonly [name: string, server: ServerName])[] = [
  ["parse where received", "gyre"],
  ["slots", "gyre-slots"],
];
const EXTRA = ["--threads.shardWorkers", "2"];
const sizes = values.smoke ? [500] : [2000, 500];
const warmUpRounds = values.smoke ? 0 : Number(values["warm-up"]);
const rounds = values.smoke ? 3 : Number(values.rounds);
const instances = values.smoke ? 4 : Number(values.instances);
const runs = values.smoke ? 1 : Number(values.runs);
const connections = Number(values.connections);

function reportSize(samplesPerRequest: number, all: readonly IngestRun[]): void {
  const base = median(all.filter(({ server }) => server === "gyre").map((one) => one.steadyNs));
  for (const [name, server] of VARIANTS) {
    const of = all.filter((one) => one.server === server);
    const ns = of.map((one) => one.steadyNs);
    const pick = (key: Exclude<keyof IngestRun, "server">): number =>
      median(of.map((one) => one[key]));
    console.log(
      `| ${samplesPerRequest} | ${name} | ${medianRange(ns)} | ${timesOf(median(ns), base)} | ` +
        `${((median(ns) * samplesPerRequest) / 1000).toFixed(0)} | ` +
        `${(pick("forwardedShare") * 100).toFixed(0)} % | ` +
        `${pick("p50Ms").toFixed(1)} / ${pick("p99Ms").toFixed(1)} | ` +
        `${(pick("wallRate") / 1e6).toFixed(2)}M | ${pick("peakRssMb").toFixed(0)} |`,
    );
  }
}

console.log(machineLine());
const results: [number, IngestRun[]][] = [];
for (const samplesPerRequest of sizes) {
  const folder = payloadFolder({ instances, rounds, samplesPerRequest, order: "scrape" });
  const all: IngestRun[] = [];
  for (let i = 0; i < runs; i++) {
    for (const [name, server] of VARIANTS) {
      const measured = await measureIngest({
        server,
        extra: EXTRA,
        folder,
        rounds,
        warmUpRounds,
        connections,
        isSmoke: values.smoke,
      });
      all.push(measured);
      console.log(
        `${samplesPerRequest} samples, run ${i + 1}/${runs}, ${name}: ` +
          `${measured.steadyNs.toFixed(0)} ns/sample`,
      );
    }
  }
  results.push([samplesPerRequest, all]);
}
console.log(
  "| samples/request | variant | CPU ns/sample (range) | ratio | us/request | batches forwarded | " +
    "ack p50 / p99 ms | samples/s wall | peak RSS MB |",
);
console.log("|---|---|---|---|---|---|---|---|---|");
for (const [samplesPerRequest, all] of results) reportSize(samplesPerRequest, all);
