/**
 * A server that holds the data of one round, in a folder of its own, on a free loopback port. It
 * scrapes nothing: what it has is what was written to it.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "#test/support/free-port.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";
import { startProcess } from "#test/support/start-process.ts";
import type { StartedProcess } from "#test/support/start-process.ts";
import { serverAnswer } from "../answers/server-answer.ts";
import type { Answer } from "../answers/answer.ts";
import type { DataSeries } from "../data/data-set.ts";
import type { GeneratedQuery } from "../queries/make-query.ts";
import type { ReferenceKind } from "./reference-kinds.ts";
import { writeBody } from "./write-request.ts";

/** The default step of subqueries. */
const CONFIG = { global: { evaluation_interval: "1m" } };

export class ReferenceServer implements AsyncDisposable {
  readonly url: string;
  readonly #folder = new ScratchFolder();
  #process: StartedProcess | null = null;

  private constructor(port: number) {
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(
    kind: ReferenceKind,
    series: readonly DataSeries[],
    args: readonly string[] = [],
  ): Promise<ReferenceServer> {
    const path = kind.find();
    if (path === null) throw new Error(`cannot find Prometheus ${kind.name}`);
    const server = new ReferenceServer(await freePort());
    try {
      await server.#start(path, [...kind.args, ...args]);
      await pushSeries(server.url, series);
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  ask(query: GeneratedQuery): Promise<Answer> {
    return serverAnswer(this.url, query);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.stop("SIGTERM");
    this.#folder[Symbol.dispose]();
  }

  async #start(path: string, args: readonly string[]): Promise<void> {
    const folder = this.#folder.path;
    writeFileSync(join(folder, "prometheus.yml"), JSON.stringify(CONFIG));
    this.#process = await startProcess({
      path,
      args: [
        `--config.file=${join(folder, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=${new URL(this.url).host}`,
        "--web.enable-remote-write-receiver",
        ...args,
      ],
      cwd: folder,
      isReady: () => this.#isReady(),
    });
  }

  async #isReady(): Promise<boolean> {
    try {
      const response = await fetch(`${this.url}/-/ready`);
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  }
}

/** Sends all series in one request, so that they are stored in the order given. */
export async function pushSeries(url: string, series: readonly DataSeries[]): Promise<void> {
  const response = await fetch(`${url}/api/v1/write`, {
    method: "POST",
    headers: {
      "content-encoding": "snappy",
      "content-type": "application/x-protobuf",
      "x-prometheus-remote-write-version": "0.1.0",
    },
    body: writeBody(series) as Uint8Array<ArrayBuffer>,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`cannot write to ${url}: ${response.status} ${text}`);
}
