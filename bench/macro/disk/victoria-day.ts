/**
 * The same day in victoria-metrics: imported, flushed, merged into one part. Its data folder is kept
 * in the benchmark's cache, so each set of options is imported once. It rounds values: how many come
 * back changed is counted on some of the series.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { folderBytes } from "../../folder-bytes.ts";
import { importLines, mergeVictoria, startVictoria } from "../../victoria-metrics.ts";
import type { FleetDay, HostDay } from "./fleet-day.ts";

const SETTLE_MS = 15_000;
/** Of the first host. */
const COMPARED_SERIES = 100;

export interface VictoriaDay {
  readonly dataBytes: number;
  readonly indexBytes: number;
  /** Share of values that come back with other bits, where the day was imported just now. */
  readonly changedShare: number | null;
}

export async function victoriaDay(day: FleetDay): Promise<VictoriaDay> {
  const { profile, hosts, intervalMs, hours } = day;
  const cache = process.env["GYRE_BENCH_CACHE"] ?? join(tmpdir(), "gyre-bench");
  const folder = join(cache, `victoria-day-${profile}-${hosts}x${hours}h-${intervalMs}`);
  let changedShare: number | null = null;
  if (!existsSync(folder)) {
    const partial = `${folder}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    changedShare = await importDay(day, partial);
    renameSync(partial, folder);
  }
  const dataBytes = folderBytes(join(folder, "data"));
  return { dataBytes, indexBytes: folderBytes(join(folder, "indexdb")), changedShare };
}

async function importDay(day: FleetDay, data: string): Promise<number> {
  const { origin, server } = await startVictoria(data);
  try {
    for (const host of day.hostDays) await importHost(origin, host);
    await mergeVictoria(origin, SETTLE_MS);
    return await compare(origin, day.hostDays[0]!);
  } finally {
    await server.stop();
  }
}

async function importHost(origin: string, host: HostDay): Promise<void> {
  const times = `[${host.timestamps.join()}]`;
  const perBody = 20;
  for (let at = 0; at < host.series.length; at += perBody) {
    const lines = host.series.slice(at, at + perBody).map(({ labels }, i) => {
      const metric = JSON.stringify(Object.fromEntries(labels));
      return `{"metric":${metric},"values":[${host.values[at + i]!.join()}],"timestamps":${times}}`;
    });
    await importLines(origin, lines.join("\n"));
  }
}

async function compare(origin: string, host: HostDay): Promise<number> {
  let values = 0;
  let changed = 0;
  for (const [i, { labels }] of host.series.slice(0, COMPARED_SERIES).entries()) {
    const pairs = labels.map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    const query = new URLSearchParams({ "match[]": `{${pairs.join()}}` });
    const text = await (await fetch(`${origin}/api/v1/export?${query}`)).text();
    for (const line of text.split("\n").filter((each) => each !== "")) {
      const { values: got } = JSON.parse(line) as { values: readonly number[] };
      values += got.length;
      for (const [at, value] of got.entries()) changed += value === host.values[i]![at] ? 0 : 1;
    }
  }
  return changed / values;
}
