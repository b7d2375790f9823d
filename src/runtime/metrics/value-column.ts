/**
 * Values of all series of one family, a typed array that grows by doubling. Handles (counters,
 * gauges, histograms) keep the column and their offset, so an update is one array store.
 */
const CAPACITY_FIRST = 4;

export class ValueColumn {
  values: Float64Array = new Float64Array(CAPACITY_FIRST);

  /** Makes sure that `values[count - 1]` exists. */
  grow(count: number): void {
    if (count <= this.values.length) return;
    const grown = new Float64Array(Math.max(count, this.values.length * 2));
    grown.set(this.values);
    this.values = grown;
  }
}
