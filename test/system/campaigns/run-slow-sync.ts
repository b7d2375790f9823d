/** `npm run campaign:slow-sync -- --rounds 5 --queries 1000`, on a machine with nothing else to do. */
import { parseArgs } from "node:util";
import { runSlowSync } from "./slow-sync.ts";

const MOVED_MS_MAX = 10;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    queries: { type: "string", default: "1000" },
  },
});
const { quickP99Ms, slowP99Ms, waiting } = await runSlowSync({
  rounds: Number(values.rounds),
  queries: Number(values.queries),
  progress: (line) => console.log(line),
});
const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
const movedMs = median(slowP99Ms) - median(quickP99Ms);
console.log(
  `slow sync: median p99 of ${quickP99Ms.length} lives ${median(quickP99Ms).toFixed(1)} ms, beside ` +
    `syncs of 5 s ${median(slowP99Ms).toFixed(1)} ms, moved by ${movedMs.toFixed(1)} ms, ` +
    `${waiting} requests waiting meanwhile`,
);
process.exitCode = movedMs <= MOVED_MS_MAX && waiting > 0 ? 0 : 1;
