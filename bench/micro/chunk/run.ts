/**
 * `npm run bench -- chunk [--smoke] [--runs N] [--series N] [--capture FILE] [--peers]`: bytes per
 * sample and CPU time per sample of encoded pages and of the head's miniblocks, for several kinds
 * of data, beside zstd alone and (`--peers`) victoria-metrics after a merge. One thread, no disk;
 * what is decoded is compared bit for bit with what was encoded.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { kernelModule } from "#kernels/kernel-instance.ts";
import { PAGE_MODULE_URL, instantiatePage } from "#kernels/page-kernel.ts";
import { machineLine } from "../../machine-line.ts";
import { medianRange } from "../../median-range.ts";
import { capturedSet, dataSets } from "./data-set.ts";
import { measureChains, measurePages, zstdOnlyBytes } from "./measure.ts";
import { victoriaBytes } from "./victoria-bytes.ts";

const { values: args } = parseArgs({
  options: {
    smoke: { type: "boolean", default: false },
    runs: { type: "string", default: "5" },
    series: { type: "string", default: "200" },
    capture: { type: "string" },
    peers: { type: "boolean", default: false },
  },
});
/** A day and two hours at 15 s. */
const DAY_SAMPLES = 5760;
const CUT_SAMPLES = 480;

const runs = args.smoke ? 1 : Number(args.runs);
const samples = args.smoke ? CUT_SAMPLES : DAY_SAMPLES;
const sets = dataSets(samples, args.smoke ? 3 : Number(args.series));
if (args.capture !== undefined) sets.push(capturedSet(args.capture));

const module = kernelModule(readFileSync(PAGE_MODULE_URL));
const bytesText = (bytes: number): string => bytes.toFixed(bytes < 0.01 ? 4 : 3);
const nsText = (figures: readonly number[]): string => medianRange(figures, 1);
const print = (...cells: readonly string[]): void => console.log(`| ${cells.join(" | ")} |`);
const head = (...cells: readonly string[]): void => {
  print(...cells);
  print(...cells.map(() => "---"));
};

console.log(`${machineLine()}\n`);
head(
  ...["data", "samples per column", "packing", "B/sample", "with zstd", "encode ns"],
  ...["decode ns", "decode with zstd ns"],
);
const windows = [...new Set([samples, CUT_SAMPLES])];
for (const set of sets) {
  for (const [window, packing] of windows.flatMap(
    (each) =>
      [
        [each, "small"],
        [each, "fast"],
      ] as const,
  )) {
    const all = Array.from({ length: runs }, () =>
      measurePages(instantiatePage(module), set, packing, window),
    );
    print(
      ...[set.name, String(Math.min(window, set.samples)), packing],
      ...[bytesText(all[0]!.bytes), bytesText(all[0]!.sealedBytes)],
      nsText(all.map(({ encodeNs }) => encodeNs)),
      nsText(all.map(({ decodeNs }) => decodeNs)),
      nsText(all.map(({ openedNs }) => openedNs)),
    );
  }
}

console.log("");
head("head: miniblocks of 16", "B/sample", "encode ns", "decode ns");
for (const set of sets) {
  const all = Array.from({ length: runs }, () => measureChains(instantiatePage(module), set));
  print(
    set.name,
    bytesText(all[0]!.bytes),
    nsText(all.map(({ encodeNs }) => encodeNs)),
    nsText(all.map(({ decodeNs }) => decodeNs)),
  );
}

console.log("");
head("baselines, B/sample", "zstd -1 of raw values", "zstd -3", "victoria-metrics", "its index");
for (const set of sets) {
  const victoria = args.peers ? await victoriaBytes(set) : undefined;
  print(
    set.name,
    ...[1, 3].map((level) => bytesText(zstdOnlyBytes(set, level))),
    victoria === undefined ? "-" : bytesText(victoria.samples),
    victoria === undefined ? "-" : bytesText(victoria.index),
  );
}
