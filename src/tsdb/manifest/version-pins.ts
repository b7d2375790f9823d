/**
 * Which manifest versions somebody still reads. Versions rise, so what matters is the oldest pinned
 * one: files that an older version needs may go when it is newer than their removal.
 */
import { assert } from "#base/assert.ts";

/** More views open at once than any limit on queries lets through: somebody forgets to dispose. */
const PINS_MAX = 100_000;

export class VersionPins {
  /** Pins per version, the oldest version first. */
  readonly #counts = new Map<number, number>();
  #pinCount = 0;

  /** `version` is at least as new as every version pinned before. */
  pin(version: number): Disposable {
    assert(this.#pinCount < PINS_MAX, () => `manifest pins: more than ${PINS_MAX}`);
    this.#pinCount++;
    this.#counts.set(version, (this.#counts.get(version) ?? 0) + 1);
    let isPinned = true;
    return {
      [Symbol.dispose]: () => {
        if (!isPinned) return;
        isPinned = false;
        this.#pinCount--;
        const left = this.#counts.get(version)! - 1;
        if (left > 0) this.#counts.set(version, left);
        else this.#counts.delete(version);
      },
    };
  }

  /** Infinity when nothing is pinned. */
  get oldest(): number {
    for (const version of this.#counts.keys()) return version;
    return Infinity;
  }

  get pinCount(): number {
    return this.#pinCount;
  }
}
