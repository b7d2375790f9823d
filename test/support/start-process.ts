/**
 * Starts a program for a system test, waits until it answers, and ends it when the test is done:
 * `await using server = await startProcess({...})`. Only the process started here is ever signalled.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

export interface ProcessOptions {
  readonly path: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Asked every `READY_POLL_MS` until it resolves to true. */
  isReady(): Promise<boolean>;
  readonly readyTimeoutMs?: number;
}

export interface StartedProcess extends AsyncDisposable {
  readonly pid: number;
  /** The newest output, both streams, at most `OUTPUT_CHARS_MAX`. */
  output(): string;
  /** Sends `signal` and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const READY_POLL_MS = 50;
/** Slow machines need this for a Java or browser start; a ready program ends the wait at once. */
const READY_TIMEOUT_MS = 30_000;
/** A program that ignores SIGTERM this long is killed. */
const STOP_GRACE_MS = 10_000;
/** Enough for the last error with its stack; the rest is dropped from the front. */
const OUTPUT_CHARS_MAX = 64 * 1024;

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function stopChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill(signal);
  const killer = setTimeout(() => child.kill("SIGKILL"), STOP_GRACE_MS);
  try {
    await ended;
  } finally {
    clearTimeout(killer);
  }
}

async function waitUntilReady(
  child: ChildProcess,
  options: ProcessOptions,
  output: () => string,
): Promise<void> {
  const timeoutMs = options.readyTimeoutMs ?? READY_TIMEOUT_MS;
  const deadline = performance.now() + timeoutMs;
  while (!(await options.isReady())) {
    const fault = hasEnded(child)
      ? `it ended with ${child.exitCode ?? child.signalCode}`
      : performance.now() > deadline
        ? `not ready after ${timeoutMs} ms`
        : null;
    if (fault !== null) {
      await stopChild(child, "SIGKILL");
      throw new Error(`cannot start ${options.path}: ${fault}; output:\n${output()}`);
    }
    await sleep(READY_POLL_MS);
  }
}

export async function startProcess(options: ProcessOptions): Promise<StartedProcess> {
  const child = spawn(options.path, options.args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const output = (): string => text;
  const keep = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-OUTPUT_CHARS_MAX);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  await once(child, "spawn");
  await waitUntilReady(child, options, output);
  const stop = (signal: NodeJS.Signals = "SIGTERM"): Promise<void> => stopChild(child, signal);
  return { pid: child.pid!, output, stop, [Symbol.asyncDispose]: () => stop() };
}
