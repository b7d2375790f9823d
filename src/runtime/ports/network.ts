/**
 * Messages between nodes as a parameter. Delivery is at most once, unordered across channels and
 * ordered inside one; anything may be lost. Payloads are bytes, owned by the receiver on delivery.
 */
export type NodeId = string;
export type Channel = "log" | "query" | "control";

export interface Network {
  readonly self: NodeId;
  /** Hands `payload` over; returns false when the bounded send queue of the peer is full. */
  send(to: NodeId, channel: Channel, payload: Uint8Array): boolean;
  onReceive(receive: (from: NodeId, channel: Channel, payload: Uint8Array) => void): void;
}
