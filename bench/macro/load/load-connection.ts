/**
 * One connection of a sender: a request, its answer, the next request, as stock senders do. A
 * request refused with 503 is sent again; any other answer but 2xx and 400 ends the load.
 */
import { connect } from "node:net";
import type { Socket } from "node:net";

export interface LoadRequest {
  readonly body: Buffer;
  readonly samples: number;
  /** When it was due, by the monotonic clock. */
  readonly dueMs: number;
}

export interface LoadConnectionOptions {
  readonly port: number;
  readonly path: string;
  readonly agent: string;
  /** Null at the end. */
  readonly next: () => Promise<LoadRequest | null>;
  readonly answered: (request: LoadRequest, status: number, latencyMs: number) => void;
}

const RETRY_MS = 200;

export class LoadConnection {
  readonly #options: LoadConnectionOptions;
  readonly #socket: Socket;
  readonly #done: Promise<void>;
  #received = "";
  #request: LoadRequest | null = null;
  #sentAtMs = 0;
  #end: () => void = () => {};

  constructor(options: LoadConnectionOptions) {
    const { port } = options;
    this.#options = options;
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#done = new Promise((resolve) => (this.#end = resolve));
    this.#socket.on("connect", () => void this.#next());
    this.#socket.on("data", (chunk) => this.#receive(chunk as Buffer));
    this.#socket.on("error", (error) => {
      throw error;
    });
  }

  /** Resolves when there was no next request. */
  get done(): Promise<void> {
    return this.#done;
  }

  async #next(): Promise<void> {
    this.#request = await this.#options.next();
    if (this.#request !== null) return this.#send(this.#request);
    this.#socket.end();
    this.#end();
  }

  #send({ body }: LoadRequest): void {
    const { port, path, agent } = this.#options;
    this.#sentAtMs = performance.now();
    this.#socket.cork();
    this.#socket.write(
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
        `User-Agent: ${agent}\r\nContent-Type: application/x-protobuf\r\n` +
        "Content-Encoding: snappy\r\nX-Prometheus-Remote-Write-Version: 0.1.0\r\n" +
        `Content-Length: ${body.length}\r\n\r\n`,
    );
    this.#socket.write(body);
    this.#socket.uncork();
  }

  #receive(chunk: Buffer): void {
    this.#received += chunk.toString("latin1");
    const request = this.#request;
    if (request === null || !this.#received.includes("\r\n\r\n")) return;
    const status = Number(this.#received.slice(9, 12));
    const isTaken = status >= 200 && status < 300;
    if (!isTaken && status !== 400 && status !== 503) {
      throw new Error(`cannot go on: got ${this.#received.slice(0, 300)}`);
    }
    this.#received = "";
    this.#options.answered(request, status, performance.now() - this.#sentAtMs);
    if (status === 503) setTimeout(() => this.#send(request), RETRY_MS);
    else void this.#next();
  }
}
