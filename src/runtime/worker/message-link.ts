/**
 * What the worker contract needs of a message channel. `src/runtime/node` makes one from a Worker,
 * a parent port or a MessagePort; tests make one in memory. Messages arrive in order, at most once.
 */
import type { MessagePort } from "node:worker_threads";

export interface MessageLink {
  /** `transfer` moves buffers and ports instead of copying them. */
  post(message: unknown, transfer?: readonly Transferable[]): void;
  /** Sets the one receiver; messages that came before are delivered to it. */
  onMessage(receive: (message: unknown) => void): void;
  /** Called once when the other side is gone; `cause` says why when that is known. */
  onClosed(closed: (cause: Error | null) => void): void;
  close(): void;
}

/** Objects whose ownership a message can move. MessagePorts let two workers talk directly. */
export type Transferable = ArrayBuffer | MessagePort;
