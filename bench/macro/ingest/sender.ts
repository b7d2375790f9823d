/**
 * Replays payload files over loopback: every connection sends one request, waits for the answer and
 * takes the next body, as stock senders do. Plain sockets and prebuilt bytes keep its own cost
 * small. Runs as a process of its own, so that its CPU never counts for the server.
 */
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { parseArgs } from "node:util";
import { roundFile } from "./payload-file.ts";

interface Body {
  readonly bytes: Buffer;
  readonly samples: number;
}

const { values } = parseArgs({
  options: {
    port: { type: "string" },
    path: { type: "string" },
    folder: { type: "string" },
    from: { type: "string" },
    to: { type: "string" },
    connections: { type: "string" },
  },
});
const port = Number(values.port);
const connections = Number(values.connections);

/** Anything but 2xx ends the run: a benchmark of refusals measures nothing. */
class Connection {
  readonly #socket: Socket;
  readonly #agent: string;
  readonly #next: () => Body | null;
  readonly #done: () => void;
  #received = "";
  readonly latenciesMs: number[] = [];
  #sentAtMs = 0;

  constructor(agent: string, next: () => Body | null, done: () => void) {
    this.#agent = agent;
    this.#next = next;
    this.#done = done;
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("connect", () => this.#send());
    this.#socket.on("data", (chunk) => this.#receive(chunk as Buffer));
    this.#socket.on("error", (error) => {
      throw error;
    });
  }

  #send(): void {
    const body = this.#next();
    if (body === null) {
      this.#socket.end();
      this.#done();
      return;
    }
    this.#sentAtMs = performance.now();
    this.#socket.cork();
    this.#socket.write(
      `POST ${values.path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
        `User-Agent: ${this.#agent}\r\nContent-Type: application/x-protobuf\r\n` +
        "Content-Encoding: snappy\r\nX-Prometheus-Remote-Write-Version: 0.1.0\r\n" +
        `Content-Length: ${body.bytes.length}\r\n\r\n`,
    );
    this.#socket.write(body.bytes);
    this.#socket.uncork();
  }

  #receive(chunk: Buffer): void {
    this.#received += chunk.toString("latin1");
    if (!this.#received.includes("\r\n\r\n")) return;
    const status = Number(this.#received.slice(9, 12));
    if (status < 200 || status > 299) throw new Error(`got ${this.#received.slice(0, 300)}`);
    this.#received = "";
    this.latenciesMs.push(performance.now() - this.#sentAtMs);
    this.#send();
  }
}

function load(round: number): Body[] {
  const file = readFileSync(roundFile(values.folder!, round));
  const bodies: Body[] = [];
  for (let at = 0; at < file.length;) {
    const length = file.readUInt32LE(at);
    bodies.push({
      bytes: file.subarray(at + 8, at + 8 + length),
      samples: file.readUInt32LE(at + 4),
    });
    at += 8 + length;
  }
  return bodies;
}

async function send(bodies: readonly Body[]): Promise<number[]> {
  let next = 0;
  const latencies: number[] = [];
  await Promise.all(
    Array.from({ length: connections }, (_, i) => {
      return new Promise<void>((resolve) => {
        const connection: Connection = new Connection(
          // Each connection is a sender of its own, as in a fleet.
          `gyre-bench/${i}`,
          () => bodies[next++] ?? null,
          () => {
            latencies.push(...connection.latenciesMs);
            resolve();
          },
        );
      });
    }),
  );
  return latencies;
}

let samples = 0;
let bodyBytes = 0;
const latencies: number[] = [];
const startedMs = performance.now();
for (let round = Number(values.from); round < Number(values.to); round++) {
  const bodies = load(round);
  latencies.push(...(await send(bodies)));
  for (const body of bodies) {
    samples += body.samples;
    bodyBytes += body.bytes.length;
  }
}
const wallMs = performance.now() - startedMs;
latencies.sort((a, b) => a - b);
const at = (share: number): number => latencies[Math.floor((latencies.length - 1) * share)] ?? 0;
console.log(JSON.stringify({ samples, bodyBytes, wallMs, p50Ms: at(0.5), p99Ms: at(0.99) }));
