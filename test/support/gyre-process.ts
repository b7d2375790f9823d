/**
 * A real node as a child process, for system tests: started on a free loopback port with a data
 * folder, ended by whatever signal the test wants. Only the process started here is ever signalled.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { freePort } from "./free-port.ts";

const MAIN = new URL("../../cluster/main.ts", import.meta.url).pathname;
/** Recovery of a campaign's whole log fits many times over. */
const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 10;
/** Log lines kept for the failure message. */
const LOG_BYTES_MAX = 256 * 1024;

export interface GyreOptions {
  readonly data: string;
  readonly port?: number;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A program with its arguments that becomes the node, such as a tracer that detaches itself. */
  readonly wrapper?: readonly string[];
}

/** One of the two is null. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

export class GyreProcess {
  readonly port: number;
  readonly #child: ChildProcess;
  #log = "";
  #exit: ProcessEnd | null = null;
  readonly #exited: Promise<void>;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
    const keep = (chunk: Buffer): void => {
      this.#log = (this.#log + chunk.toString()).slice(-LOG_BYTES_MAX);
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    this.#exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.#exit = { code, signal };
        resolve();
      });
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** False once its end is known; its id may belong to another process from then on. */
  get isRunning(): boolean {
    return this.#exit === null;
  }

  get log(): string {
    return this.#log;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts a node and resolves when it is ready to serve. */
  static async start(options: GyreOptions): Promise<GyreProcess> {
    const gyre = await GyreProcess.launch(options);
    await gyre.whenReady();
    return gyre;
  }

  /** Starts a node and does not wait for it: for tests that interrupt its start. */
  static async launch(options: GyreOptions): Promise<GyreProcess> {
    const port = options.port ?? (await freePort());
    const [program, ...args] = [
      ...(options.wrapper ?? []),
      process.execPath,
      MAIN,
      "serve",
      "--listen",
      `127.0.0.1:${port}`,
      "--data",
      options.data,
      ...(options.args ?? []),
    ];
    const child = spawn(program!, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, UV_USE_IO_URING: "0", ...options.env },
    });
    return new GyreProcess(child, port);
  }

  /** Sends a signal, if the process is still there to get it. */
  signal(signal: NodeJS.Signals): void {
    if (this.#exit === null) this.#child.kill(signal);
  }

  /** Sends a signal and waits for the end of the process. */
  async end(signal: NodeJS.Signals): Promise<ProcessEnd> {
    this.signal(signal);
    return this.ended();
  }

  /** Resolves with the way the process ended. */
  async ended(): Promise<ProcessEnd> {
    await this.#exited;
    return this.#exit!;
  }

  /** Resolves when the node serves; rejects with its log when it ends or takes too long. */
  async whenReady(): Promise<void> {
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (this.#exit !== null) {
        const { code, signal } = this.#exit;
        throw new Error(`node ended before it was ready (${code ?? signal}):\n${this.#log}`);
      }
      try {
        const answer = await fetch(`${this.url}/-/ready`);
        await answer.arrayBuffer();
        if (answer.status === 200) return;
      } catch {
        // Not listening yet.
      }
      await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
    }
    this.#child.kill("SIGKILL");
    throw new Error(`node not ready after ${READY_TIMEOUT_MS} ms:\n${this.#log}`);
  }
}
