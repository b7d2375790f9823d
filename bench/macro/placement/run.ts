/**
 * `npm run bench -- placement [--smoke]`: placement by target with lanes against hashing full label
 * sets. Evenness and page bytes come from the product's hasher alone; CPU and log bytes per sample
 * from a node with two shard workers, runs interleaved.
 */
import { parseArgs } from "node:util";
import { machineLine } from "../../machine-line.ts";
import { median, medianRange } from "../../median-range.ts";
import { measureIngest } from "../ingest/measure-ingest.ts";
import type { IngestRun } from "../ingest/measure-ingest.ts";
import { payloadFolder } from "../ingest/payload-file.ts";
import { pageBytesPerSample } from "./page-bytes.ts";
import { FULL_LABEL_LANES, maxOverMean } from "./shard-sizes.ts";

const { values } = parseArgs({
  options: {
    smoke: { type: "boolean", default: false },
    runs: { type: "string", default: "5" },
    instances: { type: "string", default: "200" },
    rounds: { type: "string", default: "31" },
    "warm-up": { type: "string", default: "10" },
    "per-request": { type: "string", default: "2000" },
  },
});

const KEYS: readonly (readonly [name: string, lanes: number])[] = [
  ["target, 1 lane", 1],
  ["target, 4 lanes", 4],
  ["target, 16 lanes", 16],
  ["full labels", FULL_LABEL_LANES],
];
const SHARD_COUNTS = [64, 512];
const shapes = values.smoke
  ? [{ targets: 20, seriesPerTarget: 100 }]
  : [
      { targets: 2000, seriesPerTarget: 1000 },
      { targets: 100_000, seriesPerTarget: 100 },
    ];

function reportEvenness(): void {
  const heads = shapes.flatMap(({ targets, seriesPerTarget }) =>
    SHARD_COUNTS.map((count) => `max/mean ${targets} x ${seriesPerTarget}, V=${count}`),
  );
  console.log(`| key | ${heads.join(" | ")} | page B/sample |`);
  console.log(`|---|${"---|".repeat(heads.length + 1)}`);
  const lanes = KEYS.map(([, count]) => count);
  const ratios = shapes.map((shape) => maxOverMean(shape, lanes, SHARD_COUNTS));
  const pages = pageBytesPerSample(values.smoke ? 2 : 60, lanes);
  for (const [i, [name]] of KEYS.entries()) {
    const cells = ratios.flatMap((ofShape) => ofShape[i]!.map((ratio) => ratio.toFixed(2)));
    console.log(`| ${name} | ${cells.join(" | ")} | ${pages[i]!.toFixed(3)} |`);
  }
}

async function reportIngest(): Promise<void> {
  const payload = {
    instances: values.smoke ? 2 : Number(values.instances),
    rounds: values.smoke ? 2 : Number(values.rounds),
    samplesPerRequest: Number(values["per-request"]),
    order: "scrape",
  } as const;
  const folder = payloadFolder(payload);
  const measured = KEYS.map(([, lanes]) => ({ lanes, runs: [] as IngestRun[] }));
  const count = values.smoke ? 1 : Number(values.runs);
  for (let i = 0; i < count; i++) {
    for (const key of values.smoke ? measured.slice(0, 1) : measured) {
      const { rounds } = payload;
      const extra = ["--threads.shardWorkers", "2", "--storage.lanes", `${key.lanes}`];
      const isSmoke = values.smoke;
      const warmUpRounds = values.smoke ? 0 : Number(values["warm-up"]);
      key.runs.push(
        await measureIngest({
          server: "gyre",
          extra,
          folder,
          rounds,
          warmUpRounds,
          connections: 16,
          isSmoke,
        }),
      );
    }
  }
  console.log(
    "| key | CPU ns/sample (range) | log B/sample | batches/request | batches forwarded | us/new series |",
  );
  console.log("|---|---|---|---|---|---|");
  for (const [i, { runs }] of measured.entries()) {
    if (runs.length === 0) continue;
    const pick = (key: Exclude<keyof IngestRun, "server">): number =>
      median(runs.map((one) => one[key]));
    console.log(
      `| ${KEYS[i]![0]} | ${medianRange(runs.map((one) => one.steadyNs))} | ` +
        `${pick("logBytes").toFixed(2)} | ${pick("partsPerBody").toFixed(1)} | ` +
        `${(pick("forwardedShare") * 100).toFixed(0)} % | ${pick("registerUs").toFixed(1)} |`,
    );
  }
}

console.log(machineLine());
reportEvenness();
await reportIngest();
