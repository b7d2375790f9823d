/**
 * The long runs: `npm run campaign:kill` and `npm run campaign:power`, with `--cycles`, `--seed`,
 * `--load-ms`, the longest load of a life, and `--head-window`: with a short one blocks are written
 * and merged, expire, and segments are dropped, all along.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { runCrashCampaign } from "./crash-campaign.ts";
import { describeCampaign } from "./describe-campaign.ts";
import { flushingCampaign } from "./flushing-campaign.ts";
import { killNine, powerCut } from "./crash-ways.ts";

/** Where `npm start` keeps it too. */
const COMPILE_CACHE = new URL("../../../node_modules/.cache/compile", import.meta.url).pathname;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cycles: { type: "string" },
    seed: { type: "string", default: "1" },
    "head-window": { type: "string" },
    "load-ms": { type: "string", default: "1000" },
  },
});
const [name] = positionals;
if (name !== "kill" && name !== "power") {
  throw new Error(`cannot run campaign ${name ?? "without a name"}: want kill or power`);
}
const seed = Number(values.seed);
const window = values["head-window"];
await keepCompiled();
{
  using way = name === "kill" ? killNine() : powerCut();
  const result = await runCrashCampaign({
    cycles: Number(values.cycles ?? (name === "kill" ? "200" : "20")),
    seed,
    way,
    ...(window === undefined ? {} : flushingCampaign(window)),
    loadMsMax: Number(values["load-ms"]),
    progress: (line) => console.log(line),
  });
  for (const line of describeCampaign(way.name, seed, result)) console.log(line);
  process.exitCode = result.problems.length === 0 ? 0 : 1;
}

/**
 * Half of a start is compiling what every start compiles. The cache is written by a life that ends
 * in peace, which those of a campaign do not.
 */
async function keepCompiled(): Promise<void> {
  process.env["NODE_COMPILE_CACHE"] ??= COMPILE_CACHE;
  const data = mkdtempSync(join(tmpdir(), "gyre-compiled-"));
  const gyre = await GyreProcess.start({ data });
  await gyre.end("SIGTERM");
  rmSync(data, { recursive: true, force: true });
}
