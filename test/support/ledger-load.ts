/**
 * A write load that books every request in a ledger: each connection sends one request after the
 * other, until it is stopped or its node is gone. Survives crashes of the node: `start` goes on
 * with the numbers where the last life stopped. Most series live for ever; one per connection is
 * replaced every few requests, so that new series are always on their way too; and one is of native
 * histograms, whose sum is the value.
 */
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { makeHistogram } from "#model/histogram/make-histogram.ts";
import { histogramMessage } from "./histogram-message.ts";
import { monoMs } from "./mono-ms.ts";
import { snappyBody } from "./remote-write-body.ts";
import type { TestSeries } from "./remote-write-body.ts";
import type { Ledger } from "./ledger.ts";

/** A request that was never acknowledged, by `monoMs`. */
export interface UnansweredRequest {
  readonly sentAtMs: number;
  readonly endedAtMs: number;
  /** Status of the refusal, 0 when the connection just ended. */
  readonly status: number;
}

const STATUS_STORED = 204;
const STATUS_BUSY = 503;
/** No answer: the connection was refused or cut. */
const STATUS_NONE = 0;
/** A connection that is told to wait does, or a dying node would see nothing but retries. */
const BUSY_PAUSE_MS = 5;
/** A load without one acknowledgement in this time has met a node that does not work. */
const ACK_TIMEOUT_MS = 15_000;
/** Requests after which a connection's short-lived series is replaced by a new one. */
const FRESH_SERIES_REQUESTS = 16;
/** A busy answer is retried this often before it counts as a failure to heal. */
const RETRIES_MAX = 20;
/** The series of histograms is the last but one of its connection. */
const HISTOGRAMS_FROM_END = 2;
export const HISTOGRAM_NAME = "ledger_histogram";

export interface LedgerLoadOptions {
  /** Sockets that the connections of the ledger share, in whatever order they come; own ones else. */
  readonly sockets?: number;
  /** Every request comes over a connection of its own. */
  readonly reconnects?: boolean;
}

export class LedgerLoad {
  readonly #ledger: Ledger;
  readonly #options: LedgerLoadOptions;
  #agent: Agent | null = null;
  #loops: Promise<void>[] = [];
  #isRunning = false;
  #waiters: (() => void)[] = [];
  #unanswered: UnansweredRequest[] = [];
  readonly #unexpected: string[] = [];

  constructor(ledger: Ledger, options: LedgerLoadOptions = {}) {
    this.#ledger = ledger;
    this.#options = options;
  }

  start(port: number): void {
    const { connections } = this.#ledger.shape;
    const { sockets = connections, reconnects = false } = this.#options;
    const agent = new Agent({ keepAlive: !reconnects, maxSockets: sockets });
    this.#agent = agent;
    this.#isRunning = true;
    this.#unanswered = [];
    this.#loops = Array.from({ length: connections }, (_, connection) =>
      this.#loop(connection, port, agent),
    );
  }

  /** Resolves inside the handler of the next acknowledgement. */
  async nextAck(): Promise<void> {
    const acked = Promise.withResolvers<void>();
    this.#waiters.push(acked.resolve);
    const timer = setTimeout(
      () => acked.reject(new Error(`got no acknowledgement in ${ACK_TIMEOUT_MS} ms`)),
      ACK_TIMEOUT_MS,
    );
    try {
      await acked.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lets every loop end with the answer (or the error) of its last request. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    await Promise.all(this.#loops);
    this.#agent?.destroy();
    this.#agent = null;
  }

  /** Requests that were on their way at `atMs` and were never acknowledged. After `stop`. */
  inFlightAt(atMs: number): number {
    return this.#unanswered.filter((one) => one.sentAtMs < atMs && one.endedAtMs >= atMs).length;
  }

  /** Connections that ended under a request before the node was told to. After `stop`. */
  cutBefore(atMs: number): number {
    return this.#unanswered.filter((one) => one.status === STATUS_NONE && one.endedAtMs < atMs)
      .length;
  }

  /** Answers that no client should ever get; empties the list. */
  takeUnexpected(): string[] {
    return this.#unexpected.splice(0);
  }

  /** Sends again what was never acknowledged, as a real sender does; afterwards all of it is. */
  async retryUnacked(port: number): Promise<number> {
    const { connections } = this.#ledger.shape;
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    const retries = Array.from({ length: connections }, (_, connection) =>
      this.#retryConnection(connection, port, agent),
    );
    const counts = await Promise.all(retries);
    agent.destroy();
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Sends everything that was ever sent to another node, in bodies of many requests. */
  async repeatAll(port: number): Promise<void> {
    const { connections } = this.#ledger.shape;
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    const repeats = Array.from({ length: connections }, (_, connection) =>
      this.#repeatConnection(connection, port, agent),
    );
    await Promise.all(repeats);
    agent.destroy();
  }

  async #repeatConnection(connection: number, port: number, agent: Agent): Promise<void> {
    const sent = this.#ledger.sent(connection);
    for (let from = 0; from <= sent; from += FRESH_SERIES_REQUESTS) {
      const first = Math.max(1, from);
      const count = Math.min(from + FRESH_SERIES_REQUESTS, sent + 1) - first;
      if (count < 1) continue;
      const numbers = Array.from({ length: count }, (_, i) => first + i);
      const { status, text } = await post(port, agent, this.#body(connection, ...numbers));
      if (status !== STATUS_STORED) {
        throw new Error(`cannot repeat request ${first} of connection ${connection}: ${text}`);
      }
    }
  }

  async #retryConnection(connection: number, port: number, agent: Agent): Promise<number> {
    const open = this.#ledger.unacked(connection);
    for (const n of open) {
      let status = STATUS_BUSY;
      for (let attempt = 0; status === STATUS_BUSY && attempt < RETRIES_MAX; attempt++) {
        if (attempt > 0) await sleep(BUSY_PAUSE_MS);
        ({ status } = await post(port, agent, this.#body(connection, n)));
      }
      if (status !== STATUS_STORED) {
        throw new Error(`cannot repeat request ${n} of connection ${connection}: got ${status}`);
      }
      this.#ledger.acknowledge(connection, n);
    }
    return open.length;
  }

  async #loop(connection: number, port: number, agent: Agent): Promise<void> {
    while (this.#isRunning) {
      const n = this.#ledger.send(connection);
      const body = this.#body(connection, n);
      const sentAtMs = monoMs();
      const { status, text } = await post(port, agent, body);
      if (status === STATUS_STORED) {
        this.#ledger.acknowledge(connection, n);
        for (const wake of this.#waiters.splice(0)) wake();
        continue;
      }
      this.#unanswered.push({ sentAtMs, endedAtMs: monoMs(), status });
      if (status === STATUS_NONE) return;
      if (status === STATUS_BUSY) await sleep(BUSY_PAUSE_MS);
      else this.#unexpected.push(`request ${n} of connection ${connection}: ${status} ${text}`);
    }
  }

  /** Requests that share the short-lived series of their connection may go in one body. */
  #body(connection: number, ...numbers: readonly number[]): Uint8Array {
    const { seriesPerConnection } = this.#ledger.shape;
    return snappyBody(
      Array.from({ length: seriesPerConnection }, (_, index) =>
        index === seriesPerConnection - HISTOGRAMS_FROM_END
          ? this.#histograms(connection, index, numbers)
          : this.#series(connection, index, numbers, index === seriesPerConnection - 1),
      ),
    );
  }

  #histograms(connection: number, index: number, numbers: readonly number[]): TestSeries {
    const { labels, samples } = this.#series(connection, index, numbers, false);
    const histograms = samples.map(([timestampMs, sum], i) => {
      const count = numbers[i]!;
      return histogramMessage(makeHistogram({ count, zeroCount: count, sum }), timestampMs, true);
    });
    return { labels: [["__name__", HISTOGRAM_NAME], ...labels.slice(1)], samples: [], histograms };
  }

  #series(
    connection: number,
    index: number,
    numbers: readonly number[],
    isFresh: boolean,
  ): TestSeries {
    const { baseMs } = this.#ledger.shape;
    return {
      labels: [
        ["__name__", "ledger"],
        ["connection", String(connection)],
        ...(isFresh ? [["fresh", freshName(numbers[0]!)] as const] : []),
        ["index", String(index)],
        ["instance", `host-${connection}`],
        ["job", "ledger"],
      ],
      samples: numbers.map((n) => [baseMs + n, this.#ledger.value(connection, index, n)] as const),
    };
  }
}

function freshName(n: number): string {
  return String(Math.floor(n / FRESH_SERIES_REQUESTS));
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function post(port: number, agent: Agent, body: Uint8Array): Promise<Answer> {
  return new Promise((resolve) => {
    const fail = (): void => resolve({ status: STATUS_NONE, text: "" });
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
        const status = answer.statusCode ?? STATUS_NONE;
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        answer.on("end", () => resolve({ status, text: text.trim() }));
        answer.on("error", fail);
        // A status line is the promise; the node may die before the end of the answer.
        if (status === STATUS_STORED) resolve({ status, text: "" });
      },
    );
    outgoing.on("error", fail);
    outgoing.end(body);
  });
}
