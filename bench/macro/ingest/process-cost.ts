/** What a process has cost so far, all its threads together, from the kernel's own accounts. */
import { readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";

const TICKS_PER_SECOND: number = Number(execFileSync("getconf", ["CLK_TCK"]).toString());
/** A server is idle when it used less than this share of a core in the window. */
const IDLE_SHARE = 0.02;
const IDLE_WINDOW_MS = 1000;
const IDLE_WAIT_MS_MAX = 60_000;

export interface ProcessCost {
  readonly cpuSeconds: number;
  /** VmHWM, bytes. */
  readonly peakRssBytes: number;
}

export function processCost(pid: number): ProcessCost {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The command may hold spaces and brackets: fields count from the last bracket.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  const peakKb = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
  return { cpuSeconds: ticks / TICKS_PER_SECOND, peakRssBytes: peakKb * 1024 };
}

/** Waits until the process is idle, so that work put off past the last answer counts too. */
export async function costWhenIdle(pid: number): Promise<ProcessCost> {
  const deadline = Date.now() + IDLE_WAIT_MS_MAX;
  let before = processCost(pid);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, IDLE_WINDOW_MS));
    const now = processCost(pid);
    const share = (now.cpuSeconds - before.cpuSeconds) / (IDLE_WINDOW_MS / 1000);
    if (share < IDLE_SHARE || Date.now() > deadline) return now;
    before = now;
  }
}
