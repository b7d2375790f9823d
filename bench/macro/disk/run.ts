/**
 * `npm run bench -- disk [--smoke] [--hosts N] [--peers]`: what a day takes on disk after all
 * compactions, index included, beside victoria-metrics after a forced merge (`--peers`); what reading
 * it costs; what tiers take of raw samples; a year of a large fleet, reckoned from these. Written by
 * the product's flush and compaction in one process, compared bit for bit.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createNodePageTools } from "#cluster/roles/node-page-tools.ts";
import { NodeDisk } from "#runtime/node/node-disk.ts";
import type { BlockEntry } from "#tsdb/manifest/block-entry.ts";
import { machineLine } from "../../machine-line.ts";
import { timesOf } from "../../median-range.ts";
import { fleetDay, type DayOptions } from "./fleet-day.ts";
import { writeGyreBlocks } from "./gyre-blocks.ts";
import { measureReads } from "./measure-reads.ts";
import { victoriaDay } from "./victoria-day.ts";

const { values: args } = parseArgs({
  options: {
    smoke: { type: "boolean", default: false },
    hosts: { type: "string", default: "10" },
    "tier-hosts": { type: "string", default: "2" },
    peers: { type: "boolean", default: false },
  },
});
const DECODE_PASSES = 5;
const hosts = args.smoke ? 1 : Number(args.hosts);
const tierHosts = args.smoke ? 1 : Number(args["tier-hosts"]);
const hours = args.smoke ? 4 : 24;
const clusterUuid = new Uint8Array(16);
const days: readonly (DayOptions & { readonly makesTiers: boolean })[] = [
  { profile: "profile", hosts, intervalMs: 15_000, hours, makesTiers: false },
  { profile: "mantissa", hosts, intervalMs: 15_000, hours, makesTiers: false },
  { profile: "profile", hosts: tierHosts, intervalMs: 10_000, hours, makesTiers: true },
];
const SECONDS_PER_DAY = 86_400;

const print = (...cells: readonly string[]): void => console.log(`| ${cells.join(" | ")} |`);
const head = (...cells: readonly string[]): void => {
  print(...cells);
  print(...cells.map(() => "---"));
};

/** Bytes per raw sample. */
interface DayFigures {
  readonly rawBytes: number;
  readonly tierBytes: readonly [minutes: number, hours: number];
}

/** Prints a row of the first table. */
async function measureDay(options: (typeof days)[number]): Promise<DayFigures> {
  const { profile, intervalMs, makesTiers } = options;
  const root = mkdtempSync(join(process.env["GYRE_BENCH_DATA"] ?? tmpdir(), "gyre-bench-disk-"));
  try {
    const day = fleetDay(options);
    const tools = createNodePageTools("small");
    const disk = new NodeDisk(root);
    const written = await writeGyreBlocks(day, { disk, tools, clusterUuid, makesTiers });
    const { blocks, readers, flushNs, mergeNs } = written;
    const ofTier = (tier: number): readonly BlockEntry[] =>
      blocks.filter((block) => block.tier === tier);
    const bytesOf = (list: readonly BlockEntry[]): number =>
      list.reduce((sum, { fileBytes }) => sum + fileBytes, 0);
    const raw = ofTier(0);
    let indexBytes = 0;
    for (const block of raw) {
      using lease = await readers.hold(block);
      for (const { storedBytes } of lease.reader.file.footer.sections) indexBytes += storedBytes;
    }
    const reads = await measureReads(raw, readers, tools, args.smoke ? 1 : DECODE_PASSES);
    const victoria = args.peers && !makesTiers ? await victoriaDay(day) : undefined;
    const rawBytes = bytesOf(raw);
    const victoriaBytes = victoria === undefined ? 0 : victoria.dataBytes + victoria.indexBytes;
    const perSample = (bytes: number): string => (bytes / day.sampleCount).toFixed(4);
    print(
      `${profile}, ${day.hosts * 1000} series, ${day.hours} h at ${intervalMs / 1000} s`,
      ...[perSample(rawBytes), perSample(indexBytes)],
      ...(victoria === undefined
        ? ["-", "-", "-", "-"]
        : [
            ...[perSample(victoriaBytes), perSample(victoria.indexBytes)],
            timesOf(rawBytes, victoriaBytes),
            victoria.changedShare === null ? "-" : `${(victoria.changedShare * 100).toFixed(1)} %`,
          ]),
      ...[flushNs.toFixed(1), mergeNs.toFixed(1), reads.decodeNs.toFixed(2)],
      ...[String(reads.pageBytesMax), reads.pagesPerBlock.toFixed(1)],
    );
    return {
      rawBytes: rawBytes / day.sampleCount,
      tierBytes: [1, 2].map((tier) => bytesOf(ofTier(tier)) / day.sampleCount) as [number, number],
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

console.log(`${machineLine()}\n`);
head(
  ...["day", "B/sample with index", "its index", "victoria-metrics with index", "its index"],
  ...["gyre / victoria-metrics", "values it changed", "flush ns", "merge ns", "decode ns"],
  ...["largest page", "pages per block"],
);
let last: DayFigures = { rawBytes: 0, tierBytes: [0, 0] };
for (const options of days) last = await measureDay(options);

const [minutes, hourly] = last.tierBytes;
console.log("");
head("tier, of samples 10 s apart", "B/sample", "of raw");
print("1m", minutes.toFixed(4), timesOf(minutes, last.rawBytes));
print("1h", hourly.toFixed(4), timesOf(hourly, last.rawBytes));

console.log("");
const perDay = (1e7 * SECONDS_PER_DAY) / 10;
const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(0);
head("10M series at 10 s", "kept, days", "GiB");
const kept = [
  ["raw", last.rawBytes, 7],
  ["1m", minutes, 30],
  ["1h", hourly, 365],
] as const;
for (const [tier, bytes, keptDays] of kept) {
  print(tier, String(keptDays), gib(bytes * perDay * keptDays));
}
const total = kept.reduce((sum, [, bytes, keptDays]) => sum + bytes * perDay * keptDays, 0);
print("all", "", gib(total));
print("raw for a year", "365", gib(last.rawBytes * perDay * 365));
