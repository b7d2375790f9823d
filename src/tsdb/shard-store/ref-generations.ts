/**
 * The generations of refs that receivers hold (`ShardStore.generation`). Refs are never reused, so
 * every ref of this life of the store stays true; a new generation is begun only to make receivers
 * forget refs whose series a cut has dropped.
 */

/** Odd and far from round: steps of one life do not meet the starts of others. */
const STEP = 0x9e37_79b1;
/** What is remembered; a receiver that far behind sends its labels again. */
const REMEMBERED_MAX = 1024;

export class RefGenerations {
  readonly #own = new Set<number>();
  #current: number;

  constructor(first: number) {
    this.#current = first;
    this.#own.add(first);
  }

  get current(): number {
    return this.#current;
  }

  /** True when refs of this generation are refs of this life. */
  isOwn(generation: number): boolean {
    return this.#own.has(generation);
  }

  advance(): void {
    if (this.#own.size >= REMEMBERED_MAX) this.#own.clear();
    // 0 says "no ref" to receivers.
    this.#current = (this.#current + STEP) >>> 0 || STEP;
    this.#own.add(this.#current);
  }
}
