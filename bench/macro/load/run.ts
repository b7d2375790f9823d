/**
 * `npm run bench -- load [--profile P] [--series N] [--rate N] [--seconds N] [--server NAME]`: one
 * server under a load of any size, told as it goes. `--dry` measures the sender alone. Registration
 * of the series is reported apart from the steady part.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { machineLine } from "../../machine-line.ts";
import { costWhenIdle, processCost } from "../ingest/process-cost.ts";
import type { ProcessCost } from "../ingest/process-cost.ts";
import { startServer } from "../ingest/servers.ts";
import type { BenchServer, ServerName } from "../ingest/servers.ts";
import { LOAD_OPTIONS, loadPlanArgs, loadPlanOf } from "./load-plan.ts";
import type { LoadPlan } from "./load-plan.ts";
import type { LoadReport } from "./load-report.ts";

const SENDER = new URL("./sender.ts", import.meta.url).pathname;
/** Sizes that only prove that it works. */
const SMOKE = ["--series", "4000", "--per-request", "500", "--seconds", "1"];
const SAY_SECONDS = 10;
const MIB = 1024 * 1024;

const { values } = parseArgs({
  options: {
    ...LOAD_OPTIONS,
    smoke: { type: "boolean", default: false },
    dry: { type: "boolean", default: false },
    server: { type: "string", default: "gyre" },
    /** Passed on to Gyre: `--gyre=--storage.lanes=1`. */
    gyre: { type: "string", multiple: true, default: [] },
  },
});

interface LoadFigures {
  readonly registered: LoadReport;
  readonly done: LoadReport;
  /** Of the server; null without one. */
  readonly registerCost: number;
  readonly steadyCost: number;
  readonly peakRssBytes: number;
}

async function measure(plan: LoadPlan, server: BenchServer | null): Promise<LoadFigures> {
  const cost = (): ProcessCost =>
    server === null ? { cpuSeconds: 0, peakRssBytes: 0 } : processCost(server.pid);
  const target =
    server === null ? ["--dry"] : ["--port", `${server.port}`, "--path", server.writePath];
  const atStart = cost();
  const sender = spawn(process.execPath, [SENDER, ...loadPlanArgs(plan), ...target], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<number | null>((resolve) => sender.once("exit", resolve));
  let registered: LoadReport | null = null;
  let done: LoadReport | null = null;
  let atSteady = atStart;
  for await (const line of createInterface({ input: sender.stdout })) {
    const report = JSON.parse(line) as LoadReport;
    if (report.phase === "registered") {
      registered = report;
      atSteady = cost();
    }
    if (report.phase === "done") done = report;
    const isDue = Math.round(report.seconds) % SAY_SECONDS === 0 || report.phase !== "steady";
    if (isDue) console.log(progressLine(report, cost()));
  }
  const code = await ended;
  if (registered === null || done === null) throw new Error(`the sender ended with ${code}`);
  // Work that was put off counts too.
  const end = server === null || values.smoke ? cost() : await costWhenIdle(server.pid);
  return {
    registered,
    done,
    registerCost: atSteady.cpuSeconds - atStart.cpuSeconds,
    steadyCost: end.cpuSeconds - atSteady.cpuSeconds,
    peakRssBytes: end.peakRssBytes,
  };
}

function progressLine(report: LoadReport, { cpuSeconds, peakRssBytes }: ProcessCost): string {
  const { phase, seconds, samples, refused, rejected, p50Ms, p99Ms, lagMs } = report;
  return (
    `${phase} ${seconds.toFixed(0)} s: ${(samples / 1e6).toFixed(2)}M samples, ` +
    `${refused} refused, ${rejected} rejected, ack ${p50Ms.toFixed(1)} / ${p99Ms.toFixed(1)} ms, ` +
    `lag ${lagMs.toFixed(0)} ms, server ${cpuSeconds.toFixed(1)} s, ${mib(peakRssBytes)} MiB at most`
  );
}

function mib(bytes: number): string {
  return (bytes / MIB).toFixed(0);
}

function table(plan: LoadPlan, name: string, figures: LoadFigures): void {
  const { registered, done, registerCost, steadyCost, peakRssBytes } = figures;
  const senderNs = ((done.cpuSeconds - registered.cpuSeconds) / done.samples) * 1e9;
  console.log(
    "| profile | server | series | us/new series | samples/s | CPU ns/sample | cores | peak RSS MiB | " +
      "ack p50 / p99 ms | refused | rejected | sender ns/sample | sender MiB |",
  );
  console.log("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
  console.log(
    `| ${plan.profile} | ${name} | ${plan.series} | ` +
      `${((registerCost / registered.samples) * 1e6).toFixed(1)} | ` +
      `${(done.samples / done.seconds / 1e6).toFixed(2)}M | ` +
      `${((steadyCost / done.samples) * 1e9).toFixed(0)} | ` +
      `${(steadyCost / done.seconds).toFixed(2)} | ${mib(peakRssBytes)} | ` +
      `${done.p50Ms.toFixed(1)} / ${done.p99Ms.toFixed(1)} | ${done.refused} | ${done.rejected} | ` +
      `${senderNs.toFixed(0)} | ${mib(done.rssBytes)} |`,
  );
}

const plan = loadPlanOf(
  values.smoke ? [...process.argv.slice(2), ...SMOKE] : process.argv.slice(2),
);
console.log(machineLine());
console.log(`load: ${JSON.stringify(plan)}`);
if (values.dry) {
  table(plan, "none", await measure(plan, null));
} else {
  await using server = await startServer(values.server as ServerName, values.gyre);
  table(plan, values.server, await measure(plan, server));
}
