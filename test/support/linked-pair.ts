/** Two ends of a message link in one thread: what one posts, the other gets in a later microtask. */
import type { MessageLink } from "#runtime/worker/message-link.ts";

export function linkedPair(): readonly [MessageLink, MessageLink] {
  const ends = [new PairEnd(), new PairEnd()] as const;
  ends[0].peer = ends[1];
  ends[1].peer = ends[0];
  return ends;
}

class PairEnd implements MessageLink {
  peer: PairEnd | null = null;
  #receive: (message: unknown) => void = () => {};
  #closed: (cause: Error | null) => void = () => {};

  post(message: unknown): void {
    // Cloned, as between threads, so that nobody relies on shared objects.
    const copy: unknown = structuredClone(message);
    queueMicrotask(() => this.peer?.deliver(copy));
  }

  deliver(message: unknown): void {
    this.#receive(message);
  }

  onMessage(receive: (message: unknown) => void): void {
    this.#receive = receive;
  }

  onClosed(closed: (cause: Error | null) => void): void {
    this.#closed = closed;
  }

  close(): void {
    this.#closed(null);
    this.peer?.end();
  }

  end(): void {
    this.#closed(null);
  }
}
