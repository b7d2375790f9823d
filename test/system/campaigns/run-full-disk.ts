/** The long run: `npm run campaign:full-disk -- --points 200 --seed 1`. */
import { parseArgs } from "node:util";
import { runFullDisk } from "./full-disk.ts";

const { values } = parseArgs({
  options: {
    points: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    "kill-points": { type: "string", default: "10" },
  },
});
const result = await runFullDisk({
  points: Number(values.points),
  seed: Number(values.seed),
  killPoints: Number(values["kill-points"]),
  progress: (line) => console.log(line),
});
for (const problem of result.problems) console.log(`PROBLEM ${problem}`);
const { points, startsOnFull, ackedRequests, resumeMs, problems } = result;
console.log(
  `full disk: seed ${values.seed}, ${points} times full, ${startsOnFull} starts on a full disk, ` +
    `${ackedRequests} requests acked, taken again after ${Math.round(Math.max(0, ...resumeMs))} ms ` +
    `at most, ${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
