/**
 * The long run of `kill-campaign.ts`: `npm run campaign:kill -- --cycles 200 --seed 1`.
 * Last line: cycles, in-flight share, acked samples, lost.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runCrashCampaign } from "./kill-campaign.ts";

const { values } = parseArgs({
  options: { cycles: { type: "string", default: "200" }, seed: { type: "string", default: "1" } },
});
const data = mkdtempSync(join(tmpdir(), "gyre-kill-"));
try {
  const result = await runCrashCampaign({
    cycles: Number(values.cycles),
    seed: Number(values.seed),
    data,
    crash: (gyre) => gyre.end("SIGKILL"),
    progress: (line) => console.log(line),
  });
  for (const problem of result.problems) console.log(`PROBLEM ${problem}`);
  console.log(
    `kill -9: ${result.cycles} cycles, seed ${values.seed}, ` +
      `${result.withRequestsInFlight} with requests in flight, ` +
      `${result.ackedSamples} samples acked, ${result.storedSamples} stored, ` +
      `${result.problems.length} problems`,
  );
  process.exitCode = result.problems.length === 0 ? 0 : 1;
} finally {
  rmSync(data, { recursive: true, force: true });
}
