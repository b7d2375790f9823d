/**
 * A scrape target whose page is a function of how often it was asked. It brings what real exporters
 * show too rarely for a short test: counter resets, series that come and go, a failing target, a
 * histogram whose quantiles move, odd numbers and odd label values.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface ScriptedTarget extends AsyncDisposable {
  /** host:port */
  readonly address: string;
}

/** The counter starts again this often. */
const RESET_EVERY = 7;
/** Of so many scrapes in a row the last two fail. */
const FAIL_EVERY = 13;
const FAILS = 2;
/** Far from zero, where 2.x and 3.x extrapolate by different rules. */
const SAWTOOTH_MIN = 100;
const PHASES = 6;
const BOUNDS = [0.1, 0.5, 1, 2, 5];

export async function startScriptedTarget(): Promise<ScriptedTarget> {
  let count = 0;
  const server = createServer((_, response) => {
    const n = count++;
    const isFailing = n % FAIL_EVERY >= FAIL_EVERY - FAILS;
    response.writeHead(isFailing ? 500 : 200, { "Content-Type": "text/plain; version=0.0.4" });
    response.end(isFailing ? "" : scriptedPage(n));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const dispose = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { address: `127.0.0.1:${port}`, [Symbol.asyncDispose]: dispose };
}

/** The page of scrape `n`, counted from 0. */
export function scriptedPage(n: number): string {
  const lines = [
    `scripted_sawtooth_total ${(n % RESET_EVERY) * 3 + SAWTOOTH_MIN}`,
    `scripted_number{kind="infinite"} ${n % 2 === 0 ? "+Inf" : "-Inf"}`,
    `scripted_number{kind="none"} NaN`,
    `scripted_number{kind="tiny"} ${n}e-310`,
    `scripted_number{kind="large"} ${n}.125e300`,
    `scripted_text{quoted="say \\"ok\\" \\\\",lines="a\\nb",word="größe 日本"} ${n}`,
  ];
  for (let phase = 0; phase < PHASES; phase++) {
    const value = 10 * Math.sin(n / 3 + phase) + phase / 8;
    lines.push(`scripted_wave{phase="${phase}",half="${phase % 2}"} ${value}`);
  }
  if (n % 3 !== 2) lines.push(`scripted_flicker ${n}`);
  return [...lines, ...histogramLines(n), ""].join("\n");
}

/** After scrape `n`, i observations of slot i of each earlier scrape, the slot moving with time. */
function histogramLines(n: number): string[] {
  const counts = Array.from({ length: BOUNDS.length + 1 }, () => 0);
  for (let scrape = 0; scrape <= n; scrape++) {
    for (let slot = 0; slot < counts.length; slot++) {
      counts[slot]! += 1 + ((scrape * (slot + 2)) % 11);
    }
  }
  const lines: string[] = [];
  let sum = 0;
  for (const [slot, count] of counts.entries()) {
    sum += count;
    lines.push(`scripted_latency_seconds_bucket{le="${BOUNDS[slot] ?? "+Inf"}"} ${sum}`);
  }
  return [...lines, `scripted_latency_seconds_count ${sum}`, `scripted_latency_seconds_sum ${n}.5`];
}
