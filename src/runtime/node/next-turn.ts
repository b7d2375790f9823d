/** Resolves after the event loop has served what is pending: sockets, messages, timers. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
