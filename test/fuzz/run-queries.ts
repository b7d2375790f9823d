/**
 * The long run: `npm run fuzz:queries -- --count 10000000 --seed 1`. Ended early by Ctrl-C, it says
 * what it has found.
 */
import { parseArgs } from "node:util";
import { runQueryCampaign } from "./queries/query-campaign.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "10000000" },
    seed: { type: "string", default: "1" },
  },
});
const ending = new AbortController();
process.once("SIGINT", () => ending.abort());
process.once("SIGTERM", () => ending.abort());
const { lines, faults } = await runQueryCampaign({
  count: Number(values.count),
  seed: Number(values.seed),
  isTimed: true,
  signal: ending.signal,
  progress: (line) => console.log(line),
});
for (const line of [...faults, ...lines]) console.log(line);
if (faults.length > 0) process.exitCode = 1;
