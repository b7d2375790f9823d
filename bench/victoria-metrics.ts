/** A victoria-metrics over a data folder of its own: started, filled, merged. */
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "#test/support/free-port.ts";
import { startProcess, type StartedProcess } from "#test/support/start-process.ts";
import { requirePart } from "#test/support/system-parts.ts";

export interface VictoriaMetrics {
  readonly origin: string;
  readonly server: StartedProcess;
}

export async function startVictoria(data: string): Promise<VictoriaMetrics> {
  const origin = `http://127.0.0.1:${await freePort()}`;
  const server = await startProcess({
    path: requirePart("victoria-metrics"),
    args: [
      `-httpListenAddr=${origin.slice("http://".length)}`,
      `-storageDataPath=${data}`,
      "-retentionPeriod=100y",
    ],
    isReady: async () =>
      await fetch(`${origin}/health`).then(
        ({ ok }) => ok,
        () => false,
      ),
  });
  return { origin, server };
}

/** Lines of its export format. */
export async function importLines(origin: string, body: string): Promise<void> {
  const { ok, status } = await fetch(`${origin}/api/v1/import`, { method: "POST", body });
  if (!ok) throw new Error(`bench: victoria-metrics answered ${status}`);
}

/** Parts are written, then merged, then old ones removed, in the background: `settleMs` for that. */
export async function mergeVictoria(origin: string, settleMs: number): Promise<void> {
  for (const path of ["/internal/force_flush", "/internal/force_merge"]) {
    await sleep(settleMs / 4);
    await fetch(origin + path);
  }
  await sleep(settleMs);
}
