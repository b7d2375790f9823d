/**
 * Runs a command line against fakes and gathers what it printed, what it sent and which files it
 * moved.
 */
import { runCli } from "#cli/cli.ts";
import type { CliDeps, HeldFolder, HttpReply } from "#cli/cli-deps.ts";
import type { GyreConfig } from "#config/gyre-config.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import { plainPageTools } from "#test/support/plain-pages.ts";

export const NOW_MS = 1_700_000_000_000;

export interface Posted {
  readonly url: string;
  readonly form: Record<string, string>;
  readonly timeoutMs: number;
}

export class FakeCli {
  out = "";
  err = "";
  code = -1;
  readonly files: Map<string, string> = new Map();
  environment: Record<string, string> = {};
  readonly posted: Posted[] = [];
  /** Whatever is opened. */
  folder: Disk | null = null;
  /** What is opened by its path. */
  readonly folders: Map<string, Disk> = new Map();
  readonly moved: unknown[] = [];
  readonly served: GyreConfig[] = [];
  reply: (url: string) => Promise<HttpReply> = () =>
    Promise.resolve({
      status: 200,
      body: '{"status":"success","data":{"resultType":"scalar","result":[0,"7"]}}',
    });

  async run(...args: string[]): Promise<this> {
    const deps: CliDeps = {
      version: "1.2.3",
      environment: this.environment,
      machine: { memoryBytes: 16 * 1024 ** 3, cores: 4 },
      clock: { wallMs: () => NOW_MS, monoMs: () => 0 },
      readFile: (name) => {
        const text = this.files.get(name);
        if (text === undefined) throw new Error("no such file");
        return text;
      },
      findFiles: (_beside, pattern) => [pattern],
      print: (text) => void (this.out += `${text}\n`),
      complain: (text) => void (this.err += `${text}\n`),
      post: (url, body, timeoutMs) => {
        const form = body instanceof URLSearchParams ? Object.fromEntries(body) : {};
        this.posted.push({ url, form, timeoutMs });
        return this.reply(url);
      },
      files: {
        sizeOf: (name) => this.files.get(name)?.length ?? null,
        upload: (url, name, headers, sent) => {
          sent(this.files.get(name)?.length ?? 0);
          this.moved.push({ url, name, headers });
          return this.reply(url);
        },
        download: (url, form, name, received) => {
          received(7);
          this.moved.push({ url, name, form: form.toString() });
          return this.reply(url);
        },
      },
      holdFolder: (path) => this.#hold(path),
      makeFolder: (path) => this.#hold(path),
      openDisk: (path) => this.#diskOf(path),
      openPageTools: plainPageTools,
      serve: (config) => {
        this.served.push(config);
        return Promise.resolve(0);
      },
    };
    this.code = await runCli(args, deps);
    return this;
  }

  async #hold(path: string): Promise<HeldFolder> {
    return { disk: this.#diskOf(path), [Symbol.asyncDispose]: async () => {} };
  }

  #diskOf(path: string): Disk {
    const disk = this.folders.get(path) ?? this.folder;
    if (disk === null) throw new Error(`cannot open ${path}: no such folder`);
    return disk;
  }
}
