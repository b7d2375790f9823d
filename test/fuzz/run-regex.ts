/** The long run: `npm run fuzz:regex -- --pairs 1000000 --seed 1 [--record FILE]`. */
import { createWriteStream } from "node:fs";
import { parseArgs } from "node:util";
import { runRegexCampaign } from "./regex/regex-campaign.ts";

const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    record: { type: "string" },
  },
});
const file = values.record === undefined ? null : createWriteStream(values.record);
const { lines, faults } = runRegexCampaign({
  pairs: Number(values.pairs),
  seed: Number(values.seed),
  progress: (line) => console.log(line),
  ...(file === null ? {} : { record: (line: string) => void file.write(`${line}\n`) }),
});
for (const line of [...faults, ...lines]) console.log(line);
if (faults.length > 0) process.exitCode = 1;
