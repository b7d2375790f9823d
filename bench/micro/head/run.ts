/**
 * `npm run bench -- head [--smoke]`: one shard's head alone, on node_exporter-like series. CPU per
 * new series and per sample, in scrape order and in an order that changes every round; linear memory
 * per series; what reading a view and a closed generation costs. No log, no network.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { HEAD_MODULE_URL } from "#kernels/head-kernel.ts";
import { kernelModule } from "#kernels/kernel-instance.ts";
import { tenantId } from "#model/refs.ts";
import { createShardStore } from "#tsdb/shard-store/shard-store.ts";
import { machineLine } from "../../machine-line.ts";
import { medianRange } from "../../median-range.ts";
import { HeadLoad } from "./head-load.ts";

const { values: args } = parseArgs({
  options: {
    smoke: { type: "boolean", default: false },
    instances: { type: "string", default: "100" },
    rounds: { type: "string", default: "96" },
    runs: { type: "string", default: "5" },
  },
});
const instances = args.smoke ? 1 : Number(args.instances);
const rounds = args.smoke ? 20 : Number(args.rounds);
const runs = args.smoke ? 1 : Number(args.runs);
const headKernel = kernelModule(readFileSync(HEAD_MODULE_URL));
const tenant = tenantId(0);

interface HeadRun {
  readonly order: string;
  readonly figures: readonly number[];
}

const COLUMNS = [
  "us/new series",
  "ns/sample append",
  "B/series, first sample",
  "B/series at the end",
  "ns/sample read",
  "ns/sample generation",
];

/** CPU time of this thread's process so far, ns. */
function cpuNs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

function measure(order: "scrape" | "random"): number[] {
  const load = new HeadLoad(tenant, instances);
  const store = createShardStore({ headKernel, headBytesMax: 4 * 1024 ** 3, generation: 1 });
  const context = { trustedNowMs: 4e12 };
  let registering = 0;
  for (const batch of load.registrations()) {
    const before = cpuNs();
    const { refs } = store.append(batch, context);
    registering += cpuNs() - before;
    load.learn(refs);
  }
  const { usedBytes } = store.stats();
  let appending = 0;
  let appended = 0;
  for (let round = 1; round < rounds; round++) {
    load.advance(order === "random");
    for (const batch of load.batches()) {
      const before = cpuNs();
      appended += store.append(batch, context).writtenCount;
      appending += cpuNs() - before;
    }
  }
  const end = store.stats();
  const reading = cpuNs();
  using view = store.readView();
  const range = { tenant, matchers: [], minMs: -Infinity, maxMs: Infinity, withSamples: true };
  const read = drain(view.select(range));
  const cut = cpuNs();
  store.cut();
  const flushed = drain(store.readGeneration(1));
  const done = cpuNs();
  return [
    registering / load.seriesCount / 1000,
    appending / appended,
    usedBytes / load.seriesCount,
    end.usedBytes / load.seriesCount,
    (cut - reading) / read,
    (done - cut) / flushed,
  ];
}

function drain(cursor: { next(): { readonly values: Float64Array } | null }): number {
  let samples = 0;
  for (let slice = cursor.next(); slice !== null; slice = cursor.next()) {
    samples += slice.values.length;
  }
  return samples;
}

const results: HeadRun[] = [];
for (let i = 0; i < runs; i++) {
  for (const order of ["scrape", "random"] as const) {
    results.push({ order, figures: measure(order) });
  }
}
console.log(machineLine());
console.log(`${instances * 1000} series in one shard, ${rounds} rounds 15 s apart, ${runs} runs\n`);
console.log(`| order | ${COLUMNS.join(" | ")} |`);
console.log(`|---|${"---|".repeat(COLUMNS.length)}`);
for (const order of ["scrape", "random"]) {
  const own = results.filter((run) => run.order === order);
  const cells = COLUMNS.map((_, column) =>
    medianRange(
      own.map(({ figures }) => figures[column]!),
      1,
    ),
  );
  console.log(`| ${order} | ${cells.join(" | ")} |`);
}
