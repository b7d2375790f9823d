/**
 * A write load that remembers what was promised to it. Each connection sends one request after the
 * other; request n of a connection carries timestamp base + n and value n for each of its series.
 * So the whole promise is two numbers per connection: requests acknowledged and requests sent.
 *
 * `verify` reads everything back and compares: acked ⊆ stored ⊆ sent, values equal, no timestamp
 * twice. The ledger outlives crashes of the node; the load goes on where it stopped.
 */
import { Agent, request } from "node:http";
import { snappyBody } from "./remote-write-body.ts";

export interface LedgerOptions {
  readonly connections: number;
  readonly seriesPerConnection: number;
  readonly baseMs: number;
}

export interface Verification {
  readonly ackedSamples: number;
  readonly storedSamples: number;
  readonly problems: readonly string[];
}

/** Enough to see what kind of loss it is. */
const PROBLEMS_MAX = 10;

export class LedgerLoad {
  readonly #options: LedgerOptions;
  /** Per connection: highest request number sent, and the numbers acknowledged. */
  readonly #sent: number[];
  readonly #acked: Set<number>[];
  #running = false;
  #loops: Promise<void>[] = [];
  #inFlight = 0;
  readonly unexpected: string[] = [];

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.#sent = Array.from({ length: options.connections }, () => 0);
    this.#acked = Array.from({ length: options.connections }, () => new Set());
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get ackedRequests(): number {
    return this.#acked.reduce((sum, acked) => sum + acked.size, 0);
  }

  start(port: number): void {
    this.#running = true;
    const agent = new Agent({ keepAlive: true, maxSockets: this.#options.connections });
    this.#loops = this.#sent.map((_, connection) => this.#loop(connection, port, agent));
  }

  /** Lets every loop end with the answer (or the error) of its last request. */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#loops);
  }

  async verify(port: number): Promise<Verification> {
    const problems: string[] = [];
    let ackedSamples = 0;
    let storedSamples = 0;
    for (const [connection, acked] of this.#acked.entries()) {
      const sent = this.#sent[connection]!;
      const stored = await readBack(port, connection, this.#options.baseMs, sent);
      for (let index = 0; index < this.#options.seriesPerConnection; index++) {
        const name = `connection ${connection} series ${index}`;
        const samples = stored.get(String(index)) ?? [];
        storedSamples += samples.length;
        ackedSamples += acked.size;
        const found = new Set<number>();
        for (const [timestamp, value] of samples) {
          const n = Math.round(timestamp * 1000) - this.#options.baseMs;
          if (found.has(n)) problems.push(`${name}: timestamp of request ${n} stored twice`);
          found.add(n);
          if (n < 1 || n > sent) problems.push(`${name}: request ${n} was never sent`);
          if (Number(value) !== n) problems.push(`${name}: request ${n} has value ${value}`);
        }
        const lost = [...acked].filter((n) => !found.has(n));
        if (lost.length > 0) {
          problems.push(`${name}: ${lost.length} acknowledged requests lost, first ${lost[0]}`);
        }
        if (problems.length > PROBLEMS_MAX) return { ackedSamples, storedSamples, problems };
      }
    }
    return { ackedSamples, storedSamples, problems };
  }

  async #loop(connection: number, port: number, agent: Agent): Promise<void> {
    while (this.#running) {
      const n = ++this.#sent[connection]!;
      const body = snappyBody(this.#series(connection, n));
      this.#inFlight++;
      const status = await post(port, agent, body);
      this.#inFlight--;
      if (status === 204) this.#acked[connection]!.add(n);
      // A refused connection is the crash we wait for; 503 is a promise not made.
      else if (status === 0) return;
      else if (status !== 503) this.unexpected.push(`status ${status}`);
    }
  }

  #series(connection: number, n: number): Parameters<typeof snappyBody>[0] {
    return Array.from({ length: this.#options.seriesPerConnection }, (_, index) => ({
      labels: [
        ["__name__", "ledger_requests_total"],
        ["connection", String(connection)],
        ["index", String(index)],
        ["instance", `host-${connection}`],
        ["job", "ledger"],
      ] as const,
      samples: [[this.#options.baseMs + n, n]] as const,
    }));
  }
}

/** Status of the answer, 0 when there was none. */
function post(port: number, agent: Agent, body: Uint8Array): Promise<number> {
  return new Promise((resolve) => {
    const outgoing = request(
      {
        host: "127.0.0.1",
        port,
        agent,
        method: "POST",
        path: "/api/v1/write",
        headers: {
          "Content-Type": "application/x-protobuf",
          "Content-Encoding": "snappy",
          "X-Prometheus-Remote-Write-Version": "0.1.0",
          "Content-Length": body.length,
        },
      },
      (answer) => {
        answer.resume();
        answer.on("end", () => resolve(answer.statusCode ?? 0));
        answer.on("error", () => resolve(0));
      },
    );
    outgoing.on("error", () => resolve(0));
    outgoing.end(body);
  });
}

type Stored = ReadonlyMap<string, readonly (readonly [number, string])[]>;

/** Raw samples of one connection by series index, through the public API. */
async function readBack(
  port: number,
  connection: number,
  baseMs: number,
  sent: number,
): Promise<Stored> {
  const endMs = baseMs + sent + 1000;
  const query = `ledger_requests_total{connection="${connection}"}[${sent + 2000}ms]`;
  const params = new URLSearchParams({ query, time: String(endMs / 1000) });
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?${params}`);
  const body = (await answer.json()) as {
    status: string;
    error?: string;
    data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
  };
  if (body.status !== "success") throw new Error(`cannot read the ledger back: ${body.error}`);
  return new Map(body.data.result.map((one) => [one.metric["index"]!, one.values]));
}
