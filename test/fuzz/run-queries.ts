/** The long run: `npm run fuzz:queries -- --count 10000000 --seed 1`. */
import { parseArgs } from "node:util";
import { runQueryCampaign } from "./queries/query-campaign.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "10000000" },
    seed: { type: "string", default: "1" },
  },
});
const { lines, faults } = await runQueryCampaign({
  count: Number(values.count),
  seed: Number(values.seed),
  isTimed: true,
  progress: (line) => console.log(line),
});
for (const line of [...faults, ...lines]) console.log(line);
if (faults.length > 0) process.exitCode = 1;
