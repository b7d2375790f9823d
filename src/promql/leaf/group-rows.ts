/** Where the groups of the partial at hand have their rows; used for one after the other. */
const NONE = -1;
const INITIAL_GROUPS = 256;

export class GroupRows {
  #rows = new Int32Array(INITIAL_GROUPS).fill(NONE);

  /** -1 when the group has no row yet. */
  find(group: number): number {
    return group < this.#rows.length ? this.#rows[group]! : NONE;
  }

  set(group: number, row: number): void {
    const { length } = this.#rows;
    if (group >= length) {
      const grown = new Int32Array(Math.max(2 * length, group + 1)).fill(NONE, length);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    this.#rows[group] = row;
  }

  clear(groups: readonly number[]): void {
    for (const group of groups) this.#rows[group] = NONE;
  }
}
