/** What a selection asks of an index of one tenant: the head's in memory, a block's on disk. */
export interface LabelIndex {
  /** All series, ascending. */
  allRefs(): Uint32Array;
  /** The series with this label, ascending; empty when there is none. */
  refsOf(name: string, value: string): Uint32Array;
  /** Series by value, for each value of `name` that passes; the lists of one name are disjoint. */
  refsWhere(name: string, test: (value: string) => boolean): readonly Uint32Array[];
}
