/**
 * `gyre serve`: opens the data folder, runs a node until a signal asks it to stop, and says what to
 * try meanwhile. Resolves with the exit code. A thread that ends on its own ends the process with a
 * code of its own, so that a supervisor restarts it: the logs hold everything acknowledged.
 */
import type { GyreConfig } from "#config/gyre-config.ts";
import { createPinoLogger } from "#runtime/node/pino-logger.ts";
import { onStopSignals } from "#runtime/node/stop-signals.ts";
import { canariesOf } from "./canaries.ts";
import { openDataFolder } from "./data-folder.ts";
import { SingleNode } from "./single-node.ts";

/** sysexits.h EX_SOFTWARE: restart me. */
const EXIT_THREAD_ENDED = 70;

export interface ServeOptions {
  readonly config: GyreConfig;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
  readonly exit: (code: number) => never;
}

export async function serve(options: ServeOptions): Promise<number> {
  const { config, version, environment, print, exit } = options;
  const logger = createPinoLogger({ level: config.log.level, fields: { thread: "main" } });
  const canaries = canariesOf(environment);
  if (canaries.skipSync || canaries.ackEarly) {
    logger.warn({ ...canaries }, "a canary switch breaks durability on purpose: for tests only");
  }
  await using folder = await openDataFolder(config);
  const stopped = Promise.withResolvers<string>();
  const signals = onStopSignals((signal) => stopped.resolve(signal));
  const node = await SingleNode.start({
    config,
    folder,
    logger,
    canaries,
    version,
    fatal: (error) => {
      logger.error({ error }, "cannot go on");
      exit(EXIT_THREAD_ENDED);
    },
  });
  printWelcome(node.address, config, print);
  const signal = await stopped.promise;
  logger.info({ signal }, "stopping");
  await node.stop();
  signals.close();
  return 0;
}

function printWelcome(
  { host, port }: { readonly host: string; readonly port: number },
  config: GyreConfig,
  print: (line: string) => void,
): void {
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  print(`Gyre is ready at ${url} with its data in ${config.data}`);
  print("");
  print("Try:");
  print(`  curl -s '${url}/api/v1/query?query=up'`);
  print(
    `  curl -sG '${url}/api/v1/query' --data-urlencode 'query=rate(gyre_log_durable_bytes_total[1m])'`,
  );
  print("Write to it, from a Prometheus configuration:");
  print(`  remote_write: [{ url: '${url}/api/v1/write' }]`);
  print("Read from it: add a Prometheus data source with this address to Grafana.");
  print("Stop it with Ctrl-C.");
}
