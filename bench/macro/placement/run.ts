/**
 * `npm run bench -- placement`: the parts of the placement decision that need no server. CPU and log
 * bytes per sample come from `npm run bench -- ingest --gyre=--storage.lanes=N`.
 */
import { FULL_LABEL_LANES, maxOverMean } from "./shard-sizes.ts";
import { pageBytesPerSample } from "./page-bytes.ts";

const isSmoke = process.argv.includes("--smoke");
const keys = [
  ["target, 1 lane", 1],
  ["target, 4 lanes", 4],
  ["target, 16 lanes", 16],
  ["full labels", FULL_LABEL_LANES],
] as const;
const shapes = isSmoke
  ? [{ targets: 20, seriesPerTarget: 100 }]
  : [
      { targets: 2000, seriesPerTarget: 1000 },
      { targets: 100_000, seriesPerTarget: 100 },
    ];
console.log(
  `| key | ${shapes
    .flatMap(({ targets, seriesPerTarget }) =>
      [64, 512].map((shards) => `max/mean ${targets} x ${seriesPerTarget}, V=${shards}`),
    )
    .join(" | ")} | page B/sample |`,
);
for (const [name, lanes] of keys) {
  const ratios = shapes.flatMap((shape) =>
    [64, 512].map((shards) => maxOverMean(shape, lanes, shards).toFixed(2)),
  );
  const pageBytes = pageBytesPerSample(isSmoke ? 2 : 60, lanes).toFixed(3);
  console.log(`| ${name} | ${ratios.join(" | ")} | ${pageBytes} |`);
}
