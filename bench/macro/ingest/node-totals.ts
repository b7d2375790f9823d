/** What a Gyre node has counted so far, from its own metrics, all workers together. */
import type { BenchServer } from "./servers.ts";

export interface NodeTotals {
  readonly logBytes: number;
  readonly bodies: number;
  readonly parts: number;
  readonly partsForwarded: number;
}

/** NaN everywhere for a peer. */
export async function nodeTotals(server: BenchServer): Promise<NodeTotals> {
  if (!server.isGyre) return { logBytes: NaN, bodies: NaN, parts: NaN, partsForwarded: NaN };
  const text = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  return {
    logBytes: sum(text, "gyre_log_durable_bytes_total"),
    bodies: sum(text, "gyre_ingest_bodies_total"),
    parts: sum(text, "gyre_ingest_parts_total"),
    partsForwarded: sum(text, "gyre_ingest_parts_forwarded_total"),
  };
}

function sum(text: string, name: string): number {
  return text
    .split("\n")
    .filter((line) => line.startsWith(`${name}{`))
    .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}
