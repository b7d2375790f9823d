/**
 * What victoria-metrics makes of a data set: imported, merged into one part, bytes of its data
 * files. It rounds values beyond some 15 digits, and has no NaN.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "#test/support/free-port.ts";
import { startProcess } from "#test/support/start-process.ts";
import { requirePart } from "#test/support/system-parts.ts";
import type { DataSet } from "./data-set.ts";

/** Parts are written, then merged, then old ones removed, in the background. */
const SETTLE_MS = 8000;

export interface VictoriaBytes {
  readonly samples: number;
  readonly index: number;
}

export async function victoriaBytes(set: DataSet): Promise<VictoriaBytes> {
  const data = mkdtempSync(join(tmpdir(), "gyre-bench-victoria-"));
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
  try {
    const timestamps = [...set.timestamps];
    for (let series = 0; series < set.seriesCount; series++) {
      const column = set.values.subarray(series * set.samples, (series + 1) * set.samples);
      const metric = { __name__: `m_${series}`, instance: "10.0.0.17:9100", job: "node-exporter" };
      const body = JSON.stringify({ metric, timestamps, values: [...column] });
      const { ok, status } = await fetch(`${origin}/api/v1/import`, { method: "POST", body });
      if (!ok) throw new Error(`bench: victoria-metrics answered ${status}`);
    }
    for (const path of ["/internal/force_flush", "/internal/force_merge"]) {
      await sleep(SETTLE_MS / 4);
      await fetch(origin + path);
    }
    await sleep(SETTLE_MS);
  } finally {
    await server.stop();
  }
  const total = set.seriesCount * set.samples;
  const [samples, index] = [folderBytes(join(data, "data")), folderBytes(join(data, "indexdb"))];
  rmSync(data, { recursive: true, force: true });
  return { samples: samples / total, index: index / total };
}

function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
