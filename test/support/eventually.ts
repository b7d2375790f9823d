/** Waits for something that real processes do in their own time. */
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 100;

/**
 * Calls `look` until it returns something; throws `what` and the last error of `look`, if it had
 * one, after `timeoutMs`.
 */
export async function eventually<Value>(
  what: string,
  timeoutMs: number,
  look: () => Promise<Value | null>,
): Promise<Value> {
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  while (performance.now() < deadline) {
    try {
      const value = await look();
      if (value !== null) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(POLL_MS);
  }
  throw new Error(`cannot see within ${timeoutMs} ms: ${what}`, { cause });
}
