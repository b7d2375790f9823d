/**
 * The open connections of a listener: how many, and which wait for their next request. When most of
 * the allowed connections are in use, each new one closes the one that has waited longest, so that
 * hoarded idle connections never keep working clients out.
 */
import type { Socket } from "node:net";
import { CONNECTIONS_HIGH_SHARE } from "./http-limits.ts";

export class ConnectionTable {
  readonly #high: number;
  /** In order of waiting: a set iterates in order of insertion. */
  readonly #idle: Set<Socket> = new Set();
  readonly #inFlight: Map<Socket, number> = new Map();
  #openCount = 0;

  constructor(connectionsMax: number) {
    this.#high = connectionsMax * CONNECTIONS_HIGH_SHARE;
  }

  opened(socket: Socket, closed: () => void): void {
    this.#openCount++;
    socket.once("close", () => {
      this.#openCount--;
      this.#idle.delete(socket);
      this.#inFlight.delete(socket);
      closed();
    });
    if (this.#openCount <= this.#high) return;
    const [longest] = this.#idle;
    longest?.destroy();
  }

  /** A request has begun. */
  busy(socket: Socket): void {
    this.#idle.delete(socket);
    this.#inFlight.set(socket, (this.#inFlight.get(socket) ?? 0) + 1);
  }

  /** An answer has ended; a client that pipelines may have others coming. */
  idle(socket: Socket): void {
    const left = (this.#inFlight.get(socket) ?? 0) - 1;
    if (left > 0) {
      this.#inFlight.set(socket, left);
      return;
    }
    this.#inFlight.delete(socket);
    if (!socket.destroyed) this.#idle.add(socket);
  }
}
