/**
 * One run of one server: register the series, warm up, then steady rounds, measured until the server
 * is idle again, so that work put off past the last answer counts. The sender is a process of its
 * own and never counts.
 */
import { execFile } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { costWhenIdle, processCost } from "./process-cost.ts";
import type { ProcessCost } from "./process-cost.ts";
import { startServer } from "./servers.ts";
import type { BenchServer, ServerName } from "./servers.ts";
import { nodeTotals } from "./node-totals.ts";

const SENDER = new URL("./sender.ts", import.meta.url).pathname;
/** A node publishes its counters four times a second. */
const SMOKE_WAIT_MS = 300;
const run = promisify(execFile);

export interface IngestPlan {
  readonly server: ServerName;
  /** Arguments for Gyre. */
  readonly extra: readonly string[];
  readonly folder: string;
  /** All rounds; the first registers the series. */
  readonly rounds: number;
  /** Rounds between the first and the measured ones: a server compiles what is hot only once. */
  readonly warmUpRounds: number;
  readonly connections: number;
  /** Only proves that it works: nothing waits for idleness, so the figures mean nothing. */
  readonly isSmoke: boolean;
}

export interface IngestRun {
  readonly server: ServerName;
  readonly steadyNs: number;
  readonly registerUs: number;
  readonly peakRssMb: number;
  /** Blocks of all files over all samples; preallocated space counts. */
  readonly diskBytes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly wallRate: number;
  /** Log bytes per steady sample; NaN for peers, which do not say. */
  readonly logBytes: number;
  /** Share of steady pieces that went to another worker than the one that received them. */
  readonly forwardedShare: number;
  /** Pieces a steady request was cut into: one per slice and log. */
  readonly partsPerBody: number;
}

interface Sent {
  readonly samples: number;
  readonly wallMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const NOTHING_SENT: Sent = { samples: 0, wallMs: 0, p50Ms: 0, p99Ms: 0 };

export async function measureIngest(plan: IngestPlan): Promise<IngestRun> {
  const settle = (): Promise<ProcessCost> =>
    plan.isSmoke ? costSoon(server.pid) : costWhenIdle(server.pid);
  await using server = await startServer(plan.server, plan.extra);
  const atStart = await settle();
  const first = await send(server, plan, 0, 1);
  const registered = await settle();
  const steadyFrom = 1 + plan.warmUpRounds;
  const warmUp = plan.warmUpRounds > 0 ? await send(server, plan, 1, steadyFrom) : NOTHING_SENT;
  if (warmUp.samples > 0) await settle();
  const totals = await nodeTotals(server);
  const beforeSteady = processCost(server.pid);
  const steady = await send(server, plan, steadyFrom, plan.rounds);
  const end = await settle();
  const endTotals = await nodeTotals(server);
  const parts = endTotals.parts - totals.parts;
  return {
    server: plan.server,
    registerUs: ((registered.cpuSeconds - atStart.cpuSeconds) / first.samples) * 1e6,
    steadyNs: ((end.cpuSeconds - beforeSteady.cpuSeconds) / steady.samples) * 1e9,
    peakRssMb: end.peakRssBytes / 1024 ** 2,
    diskBytes: folderBytes(server.data) / (first.samples + warmUp.samples + steady.samples),
    p50Ms: steady.p50Ms,
    p99Ms: steady.p99Ms,
    wallRate: steady.samples / (steady.wallMs / 1000),
    logBytes: (endTotals.logBytes - totals.logBytes) / steady.samples,
    forwardedShare: (endTotals.partsForwarded - totals.partsForwarded) / parts,
    partsPerBody: parts / (endTotals.bodies - totals.bodies),
  };
}

async function costSoon(pid: number): Promise<ProcessCost> {
  await new Promise((resolve) => setTimeout(resolve, SMOKE_WAIT_MS));
  return processCost(pid);
}

async function send(
  server: BenchServer,
  plan: IngestPlan,
  from: number,
  to: number,
): Promise<Sent> {
  const { stdout } = await run(process.execPath, [
    SENDER,
    ...["--port", String(server.port), "--path", server.writePath],
    ...["--folder", plan.folder, "--from", String(from), "--to", String(to)],
    ...["--connections", String(plan.connections)],
  ]);
  return JSON.parse(stdout) as Sent;
}

function folderBytes(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).blocks * 512;
  }
  return bytes;
}
