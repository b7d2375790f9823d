/**
 * One connection of a sender in the write lane: head, body, answer, next head. Its bytes are read
 * here without the objects that node:http makes of a request, which cost several times what its
 * samples do. The first request that is not plain (see `lane-head.ts`), or that the lane's door does
 * not take, goes to node:http with the connection, and never comes back.
 *
 * Invariants: one request at a time, later bytes wait; the sink of a body is submitted or aborted
 * exactly once; handing over happens only before any byte of a request was consumed.
 */
import type { Socket } from "node:net";
import { EngineError } from "#base/engine-error.ts";
import type { TimerHandle, Timers } from "#runtime/ports/clock.ts";
import type { BodySink } from "#storage/body-appender.ts";
import type { ApiAnswer } from "./doors.ts";
import { HTTP_BODY_TIMEOUT, HTTP_BODY_TOO_LARGE, HTTP_CLIENT_GONE } from "./http-errors.ts";
import { KEEP_ALIVE_MS, LINGER_BYTES_MAX, LINGER_MS } from "./http-limits.ts";
import type { LaneHead } from "./lane-head.ts";
import type { LaneHeads } from "./lane-heads.ts";
import { rawAnswer } from "./raw-answer.ts";

/** A request that the lane took. */
export interface LaneRequest {
  readonly sink: BodySink;
  /** Submits the sink and words the answer. Never rejects. */
  readonly answer: () => Promise<ApiAnswer>;
  /** The answer when the body cannot be had. */
  readonly refuse: (error: EngineError) => ApiAnswer;
  /** Once, whatever became of it. */
  readonly ended: (status: number) => void;
}

export interface LaneDoor {
  readonly heads: LaneHeads;
  /** Null: not for the lane. */
  readonly take: (head: LaneHead, socket: Socket) => LaneRequest | null;
  readonly handOver: (socket: Socket) => void;
  /** Nothing came of a new connection in its time. */
  readonly expired: (socket: Socket) => void;
  readonly closed: (connection: LaneConnection) => void;
  readonly timers: Timers;
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
}

export class LaneConnection {
  readonly #socket: Socket;
  readonly #door: LaneDoor;
  #request: LaneRequest | null = null;
  /** Bytes of the body that are still to come; 0 while it is answered. */
  #bodyLeft = 0;
  #timer: TimerHandle | null = null;
  /** Came while a request was being answered. */
  #next: Buffer | null = null;
  #isFirst = true;
  #isClosing = false;

  constructor(socket: Socket, door: LaneDoor) {
    this.#socket = socket;
    this.#door = door;
    socket.setTimeout(door.headersTimeoutMs);
    socket.on("data", this.#onData).on("end", this.#onEnd).on("timeout", this.#onTimeout);
    socket.on("close", this.#onClose).on("error", ignore);
  }

  /** No request follows the one at hand. */
  close(): void {
    this.#isClosing = true;
    if (this.#request === null) this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#request === null) this.#begin(chunk);
    else if (this.#bodyLeft > 0) this.#takeBody(chunk);
    else this.#keep(chunk);
  };

  #begin(chunk: Buffer): void {
    const head = this.#isClosing ? null : this.#door.heads.read(chunk);
    const request = head === null ? null : this.#door.take(head, this.#socket);
    if (head === null || request === null) {
      this.#handOver(chunk);
      return;
    }
    if (this.#isFirst) this.#socket.setTimeout(KEEP_ALIVE_MS);
    this.#isFirst = false;
    this.#request = request;
    this.#bodyLeft = head.bodyBytes;
    if (chunk.length > head.headBytes) this.#takeBody(chunk.subarray(head.headBytes));
    if (this.#bodyLeft === 0 || this.#request === null) return;
    const { timers, bodyTimeoutMs } = this.#door;
    this.#timer = timers.after(bodyTimeoutMs, () => {
      const got = head.bodyBytes - this.#bodyLeft;
      const cause = `got ${got} bytes in ${bodyTimeoutMs} ms and no end`;
      this.#refuse(new EngineError(HTTP_BODY_TIMEOUT, `cannot read the request body: ${cause}`));
    });
  }

  #takeBody(chunk: Buffer): void {
    const request = this.#request!;
    const own = chunk.length <= this.#bodyLeft ? chunk : chunk.subarray(0, this.#bodyLeft);
    if (!request.sink.write(own)) {
      const cause = "got more bytes than the receiver takes";
      this.#refuse(new EngineError(HTTP_BODY_TOO_LARGE, `cannot read the request body: ${cause}`));
      return;
    }
    this.#bodyLeft -= own.length;
    if (this.#bodyLeft > 0) return;
    this.#stopTimer();
    if (own.length < chunk.length) this.#keep(chunk.subarray(own.length));
    void this.#answer(request);
  }

  /** A client that does not wait for its answers is not read further until it has them. */
  #keep(chunk: Buffer): void {
    this.#socket.pause();
    this.#next = this.#next === null ? chunk : Buffer.concat([this.#next, chunk]);
  }

  async #answer(request: LaneRequest): Promise<void> {
    const answer = await request.answer();
    this.#request = null;
    if (!this.#socket.writable) {
      request.ended(HTTP_CLIENT_GONE.http);
      return;
    }
    this.#socket.write(rawAnswer(answer, this.#isClosing));
    request.ended(answer.status);
    if (this.#isClosing) this.#socket.end();
    else if (this.#next !== null) this.#goOn(this.#next);
  }

  #goOn(chunk: Buffer): void {
    this.#next = null;
    this.#begin(chunk);
    // After handing over, node:http reads at its own pace.
    if (this.#next === null && this.#request !== null) this.#socket.resume();
  }

  /**
   * Answers before the body has come, so nothing can follow on this connection. A close at once
   * would often destroy the answer on its way: a bounded amount of what comes is discarded first.
   */
  #refuse(error: EngineError): void {
    const request = this.#request!;
    const socket = this.#socket;
    this.#abort();
    this.#isClosing = true;
    const answer = request.refuse(error);
    let discarded = 0;
    socket.off("data", this.#onData).on("data", (chunk: Buffer) => {
      discarded += chunk.length;
      if (discarded > LINGER_BYTES_MAX) socket.destroy();
    });
    this.#timer = this.#door.timers.after(LINGER_MS, () => socket.destroy());
    socket.end(rawAnswer(answer, true));
    request.ended(answer.status);
  }

  #handOver(chunk: Buffer): void {
    const socket = this.#socket;
    socket.off("data", this.#onData).off("end", this.#onEnd).off("timeout", this.#onTimeout);
    socket.off("close", this.#onClose).off("error", ignore);
    socket.setTimeout(0);
    socket.pause();
    this.#door.closed(this);
    this.#door.handOver(socket);
    socket.unshift(chunk);
    socket.resume();
  }

  readonly #onEnd = (): void => {
    this.#isClosing = true;
    if (this.#request === null) this.#socket.end();
    else if (this.#bodyLeft > 0) this.#socket.destroy();
  };

  readonly #onTimeout = (): void => {
    if (this.#request !== null) return;
    if (this.#isFirst) this.#door.expired(this.#socket);
    else this.#socket.destroy();
  };

  readonly #onClose = (): void => {
    const request = this.#request;
    if (request !== null && this.#bodyLeft > 0) {
      this.#abort();
      request.ended(HTTP_CLIENT_GONE.http);
    }
    this.#stopTimer();
    this.#door.closed(this);
  };

  /** The request ends without its body. */
  #abort(): void {
    this.#stopTimer();
    this.#request?.sink.abort();
    this.#request = null;
    this.#bodyLeft = 0;
  }

  #stopTimer(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }
}

/** A broken connection reports an error and then a close; the close is what counts. */
function ignore(): void {}
