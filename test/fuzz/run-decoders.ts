/** The long run: `npm run fuzz:decoders -- --count 10000000 --seed 1 [--only "remote write"]`. */
import { parseArgs } from "node:util";
import { blockTargets } from "./decoders/block-targets.ts";
import { bodyTargets } from "./decoders/body-targets.ts";
import { runDecoderCampaign } from "./decoders/decoder-campaign.ts";
import { logTargets } from "./decoders/log-targets.ts";
import { textTargets } from "./decoders/text-targets.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    only: { type: "string", default: "" },
  },
});
const targets = [...bodyTargets(), ...logTargets(), ...blockTargets(), ...textTargets()];
const { lines, faults } = runDecoderCampaign(targets, {
  count: Number(values.count),
  seed: Number(values.seed),
  only: values.only,
  progress: (line) => console.log(line),
});
console.log(lines.at(-1));
process.exitCode = faults.length === 0 ? 0 : 1;
