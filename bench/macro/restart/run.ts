/**
 * `npm run bench -- restart [--smoke] [--series N] [--seconds N] [--gyre=--a.b=C]`: a node takes a
 * load of samples 10 s apart as fast as it can, is killed, and starts again on what its log holds.
 * Cost of the replay per sample, memory beside that before the end. Where the system lets us, the
 * page cache is emptied in between.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { freePort } from "#test/support/free-port.ts";
import { startProcess, type StartedProcess } from "#test/support/start-process.ts";
import { folderBytes } from "../../folder-bytes.ts";
import { machineLine } from "../../machine-line.ts";
import { processCost } from "../ingest/process-cost.ts";
import type { LoadReport } from "../load/load-report.ts";

const { values: args } = parseArgs({
  options: {
    smoke: { type: "boolean", default: false },
    series: { type: "string", default: "1000000" },
    seconds: { type: "string", default: "60" },
    gyre: { type: "string", multiple: true, default: [] },
  },
});
const MAIN = new URL("../../../cluster/main.ts", import.meta.url).pathname;
const SENDER = new URL("../load/sender.ts", import.meta.url).pathname;
const DROP_CACHES = "/proc/sys/vm/drop_caches";
/** A restart is what is measured: it may take its time. */
const READY_MS_MAX = 1_800_000;
const MIB = 1024 * 1024;
const seriesCount = args.smoke ? 2000 : Number(args.series);
const seconds = args.smoke ? 1 : Number(args.seconds);

async function startNode(data: string, port: number): Promise<StartedProcess> {
  const isReady = async (): Promise<boolean> =>
    await fetch(`http://127.0.0.1:${port}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  return await startProcess({
    path: process.execPath,
    args: [
      ...[MAIN, "serve", "--listen", `127.0.0.1:${port}`, "--data", data],
      ...["--selfScrape.interval", "0", ...args.gyre],
    ],
    isReady,
    readyTimeoutMs: READY_MS_MAX,
  });
}

/** Samples that were acknowledged, all rounds of them. */
async function load(port: number): Promise<number> {
  const sender = spawn(
    process.execPath,
    [
      ...[SENDER, "--series", `${seriesCount}`, "--seconds", `${seconds}`],
      ...["--port", `${port}`, "--path", "/api/v1/write"],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let samples = 0;
  for await (const line of createInterface({ input: sender.stdout })) {
    const report = JSON.parse(line) as LoadReport;
    if (report.phase === "registered" || report.phase === "done") samples += report.samples;
  }
  return samples;
}

/** False where that is not ours to do. */
function emptyPageCache(): boolean {
  if (!existsSync(DROP_CACHES)) return false;
  try {
    writeFileSync(DROP_CACHES, "1");
    return true;
  } catch {
    return false;
  }
}

console.log(`${machineLine()}\n`);
const data = mkdtempSync(join(process.env["GYRE_BENCH_DATA"] ?? tmpdir(), "gyre-bench-restart-"));
try {
  const port = await freePort();
  const first = await startNode(data, port);
  const samples = await load(port);
  const before = processCost(first.pid);
  await first.stop("SIGKILL");
  const logBytes = folderBytes(join(data, "wal"));
  const isCold = emptyPageCache();
  const startedMs = performance.now();
  const second = await startNode(data, port);
  const readySeconds = (performance.now() - startedMs) / 1000;
  const after = processCost(second.pid);
  await second.stop();
  const cells = [
    ...[String(seriesCount), `${(samples / 1e6).toFixed(1)}M`, (logBytes / samples).toFixed(2)],
    ...[isCold ? "cold" : "warm", readySeconds.toFixed(1), after.cpuSeconds.toFixed(1)],
    ((after.cpuSeconds / samples) * 1e9).toFixed(0),
    (after.peakRssBytes / MIB).toFixed(0),
    (before.peakRssBytes / MIB).toFixed(0),
  ];
  console.log(
    "| series | samples | log B/sample | page cache | ready after s | CPU s | CPU ns/sample | " +
      "peak MiB | peak MiB before |",
  );
  console.log(`|${"---|".repeat(cells.length)}`);
  console.log(`| ${cells.join(" | ")} |`);
} finally {
  rmSync(data, { recursive: true, force: true });
}
