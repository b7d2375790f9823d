/**
 * The long runs: `npm run campaign:kill` and `npm run campaign:power`, with `--cycles`, `--seed` and
 * `--head-window`: with a short one blocks are written and merged, and segments dropped, all along.
 */
import { parseArgs } from "node:util";
import { runCrashCampaign } from "./crash-campaign.ts";
import { describeCampaign } from "./describe-campaign.ts";
import { flushingCampaign } from "./flushing-campaign.ts";
import { killNine, powerCut } from "./crash-ways.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cycles: { type: "string" },
    seed: { type: "string", default: "1" },
    "head-window": { type: "string" },
  },
});
const [name] = positionals;
if (name !== "kill" && name !== "power") {
  throw new Error(`cannot run campaign ${name ?? "without a name"}: want kill or power`);
}
const seed = Number(values.seed);
const window = values["head-window"];
{
  using way = name === "kill" ? killNine() : powerCut();
  const result = await runCrashCampaign({
    cycles: Number(values.cycles ?? (name === "kill" ? "200" : "20")),
    seed,
    way,
    ...(window === undefined ? {} : flushingCampaign(window)),
    progress: (line) => console.log(line),
  });
  for (const line of describeCampaign(way.name, seed, result)) console.log(line);
  process.exitCode = result.problems.length === 0 ? 0 : 1;
}
