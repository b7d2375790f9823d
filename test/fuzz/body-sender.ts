/**
 * Sends fuzz bodies over a few kept connections and tells how each was answered.
 */
import { Agent, request } from "node:http";
import { headersOf, type FuzzBody } from "./fuzz-body.ts";

/** Longer than a write may wait for stable storage. */
const ANSWER_MS_MAX = 30_000;

export interface BodyAnswer {
  /** 0: the connection ended without an answer. */
  readonly status: number;
  /** The answer, or what went wrong with the connection. */
  readonly text: string;
  readonly latencyMs: number;
}

export class BodySender {
  readonly #agent: Agent;
  readonly #port: number;

  constructor(port: number, connections: number) {
    this.#port = port;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** `isChunked`: without a declared length. */
  send(body: FuzzBody, isChunked: boolean): Promise<BodyAnswer> {
    const start = performance.now();
    const headers: Record<string, string | number> = {
      ...headersOf(body),
      "x-prometheus-remote-write-version": "0.1.0",
    };
    if (isChunked) headers["transfer-encoding"] = "chunked";
    else headers["content-length"] = body.bytes.length;
    return new Promise((resolve) => {
      const done = (status: number, text: string): void =>
        resolve({ status, text, latencyMs: performance.now() - start });
      const outgoing = request(
        {
          port: this.#port,
          host: "127.0.0.1",
          path: "/api/v1/write",
          method: "POST",
          headers,
          agent: this.#agent,
          timeout: ANSWER_MS_MAX,
        },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
          answer.on("end", () => done(answer.statusCode ?? 0, text));
          answer.on("error", (error) => done(0, error.message));
        },
      );
      outgoing.on("timeout", () => outgoing.destroy(new Error("no answer in time")));
      outgoing.on("error", (error) => done(0, error.message));
      if (isChunked) outgoing.write(body.bytes.subarray(0, body.bytes.length >> 1));
      outgoing.end(isChunked ? body.bytes.subarray(body.bytes.length >> 1) : body.bytes);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
