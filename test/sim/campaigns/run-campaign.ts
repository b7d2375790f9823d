/**
 * The long runs over the simulated disk and clock: `npm run campaign:crash-states` and its
 * neighbours, with `--seed` and `--count`. Problems come first, the last line is the verdict.
 */
import { parseArgs } from "node:util";
import type { Campaign } from "./campaign.ts";
import { runChurn } from "./churn.ts";
import { runClock } from "./clock.ts";
import { runCrashStates } from "./crash-states.ts";
import { runDiskErrors } from "./disk-errors.ts";
import { runFlips } from "./flips.ts";

interface Listed {
  readonly run: Campaign;
  readonly count: number;
}

const CAMPAIGNS = new Map<string, Listed>([
  ["churn", { run: runChurn, count: 100_000 }],
  ["clock", { run: runClock, count: 1000 }],
  ["crash-states", { run: runCrashStates, count: 110_000 }],
  ["disk-errors", { run: runDiskErrors, count: 10_000 }],
  ["flips", { run: runFlips, count: 110_000 }],
]);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: "string", default: "1" }, count: { type: "string" } },
});
const [name = "nothing"] = positionals;
const campaign = CAMPAIGNS.get(name);
if (campaign === undefined) {
  const names = [...CAMPAIGNS.keys()].join(", ");
  throw new Error(`cannot run campaign ${name}: want one of ${names}`);
}
const { lines, faults } = await campaign.run({
  seed: Number(values.seed),
  count: Number(values.count ?? campaign.count),
  progress: (line) => console.log(line),
});
for (const fault of faults) console.log(`PROBLEM ${fault}`);
console.log(lines.at(-1));
process.exitCode = faults.length === 0 ? 0 : 1;
