/** Debian's node exporter on a free loopback port, as a scrape target for system tests. */
import { freePort } from "./free-port.ts";
import { startProcess } from "./start-process.ts";
import type { StartedProcess } from "./start-process.ts";
import { requirePart } from "./system-parts.ts";

export interface NodeExporter extends AsyncDisposable {
  /** host:port */
  readonly address: string;
}

export interface NodeExporterOptions {
  /** Only these collectors: a page whose series neither come nor go. Default: all it likes. */
  readonly collectors?: readonly string[];
}

export async function startNodeExporter(options: NodeExporterOptions = {}): Promise<NodeExporter> {
  const address = `127.0.0.1:${await freePort()}`;
  const { collectors } = options;
  const chosen = (collectors ?? []).map((name) => `--collector.${name}`);
  const process: StartedProcess = await startProcess({
    path: requirePart("node-exporter"),
    args: [
      `--web.listen-address=${address}`,
      ...(collectors === undefined ? [] : ["--collector.disable-defaults", ...chosen]),
    ],
    isReady: () => answers(`http://${address}/metrics`),
  });
  return { address, [Symbol.asyncDispose]: () => process.stop() };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
