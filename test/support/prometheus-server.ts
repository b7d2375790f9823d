/**
 * Debian's Prometheus, unmodified, on a free loopback port: scrapes what it is told every second and
 * writes to one remote write address. It can be stopped and started again on its data.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { startProcess } from "./start-process.ts";
import type { StartedProcess } from "./start-process.ts";
import { requirePart } from "./system-parts.ts";

export interface PrometheusOptions {
  /** host:port by job. The server adds itself as job "prometheus". */
  readonly targets: Readonly<Record<string, string>>;
  readonly remoteWriteUrl: string;
  /** Scrapes native histograms, and writes them on. */
  readonly isNative?: boolean;
}

export class PrometheusServer implements AsyncDisposable {
  readonly url: string;
  readonly #folder: string;
  readonly #address: string;
  readonly #features: readonly string[];
  #process: StartedProcess | null = null;

  private constructor(port: number, options: PrometheusOptions) {
    this.#address = `127.0.0.1:${port}`;
    this.url = `http://${this.#address}`;
    this.#features = options.isNative === true ? ["--enable-feature=native-histograms"] : [];
    this.#folder = mkdtempSync(join(tmpdir(), "gyre-prometheus-"));
    const targets = { ...options.targets, prometheus: this.#address };
    writeFileSync(join(this.#folder, "prometheus.yml"), configText(targets, options));
  }

  static async start(options: PrometheusOptions): Promise<PrometheusServer> {
    const server = new PrometheusServer(await freePort(), options);
    try {
      await server.startAgain();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** After `stop`: goes on with the data it has. */
  async startAgain(): Promise<void> {
    this.#process = await startProcess({
      path: requirePart("prometheus"),
      args: [
        `--config.file=${join(this.#folder, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(this.#folder, "data")}`,
        `--web.listen-address=${this.#address}`,
        ...this.#features,
      ],
      isReady: () => this.#isReady(),
    });
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    await this.#process?.stop(signal);
    this.#process = null;
  }

  output(): string {
    return this.#process?.output() ?? "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGTERM");
    rmSync(this.#folder, { recursive: true, force: true });
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

/** JSON is YAML. */
function configText(targets: Readonly<Record<string, string>>, options: PrometheusOptions): string {
  return JSON.stringify({
    global: { scrape_interval: "1s", scrape_timeout: "900ms" },
    scrape_configs: Object.entries(targets).map(([job, address]) => ({
      job_name: job,
      static_configs: [{ targets: [address] }],
    })),
    remote_write: [
      {
        url: options.remoteWriteUrl,
        ...(options.isNative === true && { send_native_histograms: true }),
      },
    ],
  });
}
