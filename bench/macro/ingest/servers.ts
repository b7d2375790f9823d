/**
 * The servers an ingest benchmark compares: how each is started and where it takes writes. Every
 * server gets an empty data folder of its own and a free loopback port, and is ended by its pid.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#test/support/free-port.ts";
import { startProcess } from "#test/support/start-process.ts";
import type { StartedProcess } from "#test/support/start-process.ts";
import { requirePart } from "#test/support/system-parts.ts";

/** `gyre-slots` is the variant of `../handoff`. */
export type ServerName = "gyre" | "gyre-slots" | "victoria-metrics" | "prometheus";

export interface BenchServer extends AsyncDisposable {
  readonly isGyre: boolean;
  readonly pid: number;
  readonly port: number;
  readonly writePath: string;
  readonly data: string;
}

const MAIN = new URL("../../../cluster/main.ts", import.meta.url).pathname;
const SLOT_MAIN = new URL("../handoff/slot-node.ts", import.meta.url).pathname;

interface Recipe {
  readonly path: () => string;
  readonly args: (port: number, data: string) => readonly string[];
  readonly ready: string;
  readonly writePath: string;
}

const RECIPES: Readonly<Record<ServerName, Recipe>> = {
  gyre: gyreRecipe(MAIN),
  "gyre-slots": gyreRecipe(SLOT_MAIN),
  "victoria-metrics": {
    path: () => requirePart("victoria-metrics"),
    args: (port, data) => [
      `-httpListenAddr=127.0.0.1:${port}`,
      `-storageDataPath=${data}`,
      "-retentionPeriod=12",
      "-search.disableCache",
    ],
    ready: "/health",
    writePath: "/api/v1/write",
  },
  prometheus: {
    path: () => requirePart("prometheus"),
    args: (port, data) => [
      `--web.listen-address=127.0.0.1:${port}`,
      `--storage.tsdb.path=${data}`,
      "--web.enable-remote-write-receiver",
      // A configuration without jobs: nothing but the received samples.
      "--config.file=/dev/null",
    ],
    ready: "/-/ready",
    writePath: "/api/v1/write",
  },
};

function gyreRecipe(main: string): Recipe {
  return {
    path: () => process.execPath,
    args: (port, data) => [
      main,
      "serve",
      ...["--listen", `127.0.0.1:${port}`],
      ...["--data", data],
      // The node's own scrape would count as work that the peers do not do.
      ...["--selfScrape.interval", "0"],
    ],
    ready: "/-/ready",
    writePath: "/api/v1/write",
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    // Not listening yet.
    return false;
  }
}

/** `extra` arguments go to Gyre only. */
export async function startServer(
  name: ServerName,
  extra: readonly string[] = [],
): Promise<BenchServer> {
  const recipe = RECIPES[name];
  const isGyre = name.startsWith("gyre");
  const port = await freePort();
  const data = mkdtempSync(join(process.env["GYRE_BENCH_DATA"] ?? tmpdir(), `gyre-bench-${name}-`));
  const started: StartedProcess = await startProcess({
    path: recipe.path(),
    args: [...recipe.args(port, data), ...(isGyre ? extra : [])],
    isReady: () => answers(`http://127.0.0.1:${port}${recipe.ready}`),
  });
  return {
    isGyre,
    pid: started.pid,
    port,
    writePath: recipe.writePath,
    data,
    [Symbol.asyncDispose]: async () => {
      await started[Symbol.asyncDispose]();
      rmSync(data, { recursive: true, force: true });
    },
  };
}
