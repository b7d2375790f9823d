/**
 * Columns that grow at the end, reused from slice to slice. `words` is the Uint32 view of the value
 * column: bits survive only as words. Growing replaces the arrays, so take them from here each time.
 */
/** Small: a query opens a cursor for each shard, and most shards have little of what it selects. */
const INITIAL_ROWS = 256;

export class SampleColumns {
  timestamps: Float64Array<ArrayBuffer> = new Float64Array(INITIAL_ROWS);
  values: Float64Array<ArrayBuffer> = new Float64Array(INITIAL_ROWS);
  words: Uint32Array<ArrayBuffer> = new Uint32Array(this.values.buffer);
  rows = 0;

  /** Makes room for `count` rows more. */
  reserve(count: number): void {
    const want = this.rows + count;
    if (want <= this.timestamps.length) return;
    const capacity = Math.max(want, 2 * this.timestamps.length);
    const timestamps = new Float64Array(capacity);
    const values = new Float64Array(capacity);
    timestamps.set(this.timestamps.subarray(0, this.rows));
    values.set(this.values.subarray(0, this.rows));
    this.timestamps = timestamps;
    this.values = values;
    this.words = new Uint32Array(values.buffer);
  }
}
