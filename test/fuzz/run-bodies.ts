/** The long run: `npm run fuzz:bodies -- --count 100000 --seed 1 [--phase receivers|node]`. */
import { parseArgs } from "node:util";
import { runNodeCampaign } from "./node-campaign.ts";
import { runReceiverCampaign } from "./receiver-campaign.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    phase: { type: "string", default: "all" },
  },
});
const options = {
  count: Number(values.count),
  seed: Number(values.seed),
  isLong: true,
  progress: (line: string): void => console.log(line),
};
const phases = { receivers: runReceiverCampaign, node: runNodeCampaign };
for (const [name, run] of Object.entries(phases)) {
  if (values.phase !== "all" && values.phase !== name) continue;
  const { lines, faults } = await run(options);
  for (const line of [...faults, ...lines]) console.log(line);
  if (faults.length > 0) process.exitCode = 1;
}
