/**
 * Turns of an event loop for many that want some: each waits for those who asked before, so that
 * between two turns only one of them has worked.
 */
export function onePerTurn(nextTurn: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve();
  return () => (last = last.then(nextTurn));
}
