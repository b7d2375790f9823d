/**
 * Network of a cluster of one: what a node sends to itself arrives in a later turn of the event
 * loop, in order per channel (here: overall). Nothing else is reachable. Bounded like a real peer,
 * so callers meet a full queue on one node too.
 */
import type { Channel, Network, NodeId } from "../ports/network.ts";

/** As the send queue of a peer: some hundred frames of 64-256 KiB. */
export const LOOPBACK_QUEUED_BYTES_MAX: number = 64 << 20;

interface Parcel {
  readonly channel: Channel;
  readonly payload: Uint8Array;
}

export class LoopbackNetwork implements Network {
  readonly self: NodeId;
  #queue: Parcel[] = [];
  #queuedBytes = 0;
  #receive: ((from: NodeId, channel: Channel, payload: Uint8Array) => void) | null = null;

  constructor(self: NodeId) {
    this.self = self;
  }

  send(to: NodeId, channel: Channel, payload: Uint8Array): boolean {
    if (to !== this.self) return false;
    if (this.#queuedBytes + payload.length > LOOPBACK_QUEUED_BYTES_MAX) return false;
    if (this.#queue.length === 0) setImmediate(() => this.#deliver());
    this.#queue.push({ channel, payload });
    this.#queuedBytes += payload.length;
    return true;
  }

  onReceive(receive: (from: NodeId, channel: Channel, payload: Uint8Array) => void): void {
    this.#receive = receive;
  }

  #deliver(): void {
    const parcels = this.#queue;
    // What a receiver sends now arrives in the next turn.
    this.#queue = [];
    this.#queuedBytes = 0;
    for (const { channel, payload } of parcels) this.#receive?.(this.self, channel, payload);
  }
}
