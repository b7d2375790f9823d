/**
 * First in, first out, over a power-of-two ring that doubles up to a limit. `push` says no when the
 * limit is reached: what to do then is the owner's decision, never a silent drop.
 */
const CAPACITY_INITIAL = 64;

export class BoundedQueue<T> {
  readonly countMax: number;
  #items: (T | undefined)[] = Array.from({ length: CAPACITY_INITIAL });
  #head = 0;
  #size = 0;

  constructor(countMax: number) {
    this.countMax = countMax;
  }

  get size(): number {
    return this.#size;
  }

  push(item: T): boolean {
    if (this.#size === this.countMax) return false;
    if (this.#size === this.#items.length) this.#grow();
    this.#items[(this.#head + this.#size) & (this.#items.length - 1)] = item;
    this.#size++;
    return true;
  }

  peek(): T | undefined {
    return this.#size === 0 ? undefined : this.#items[this.#head];
  }

  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#items.length - 1);
    this.#size--;
    return item;
  }

  #grow(): void {
    const length = this.#items.length;
    const grown: (T | undefined)[] = Array.from({ length: length * 2 });
    for (let i = 0; i < this.#size; i++) grown[i] = this.#items[(this.#head + i) & (length - 1)];
    this.#items = grown;
    this.#head = 0;
  }
}
