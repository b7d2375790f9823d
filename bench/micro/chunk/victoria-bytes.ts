/**
 * What victoria-metrics makes of a data set: imported, merged into one part, bytes of its data
 * files. It rounds values beyond some 15 digits, and has no NaN.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { folderBytes } from "../../folder-bytes.ts";
import { importLines, mergeVictoria, startVictoria } from "../../victoria-metrics.ts";
import type { DataSet } from "./data-set.ts";

const SETTLE_MS = 8000;

export interface VictoriaBytes {
  readonly samples: number;
  readonly index: number;
}

export async function victoriaBytes(set: DataSet): Promise<VictoriaBytes> {
  const data = mkdtempSync(join(tmpdir(), "gyre-bench-victoria-"));
  const { origin, server } = await startVictoria(data);
  try {
    const timestamps = [...set.timestamps];
    for (let series = 0; series < set.seriesCount; series++) {
      const column = set.values.subarray(series * set.samples, (series + 1) * set.samples);
      const metric = { __name__: `m_${series}`, instance: "10.0.0.17:9100", job: "node-exporter" };
      await importLines(origin, JSON.stringify({ metric, timestamps, values: [...column] }));
    }
    await mergeVictoria(origin, SETTLE_MS);
  } finally {
    await server.stop();
  }
  const total = set.seriesCount * set.samples;
  const [samples, index] = [folderBytes(join(data, "data")), folderBytes(join(data, "indexdb"))];
  rmSync(data, { recursive: true, force: true });
  return { samples: samples / total, index: index / total };
}
