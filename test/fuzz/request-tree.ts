/** A write request as lists of encoded fields: what mutations rearrange before it becomes bytes. */
import { concat, field } from "./wire.ts";

export interface RowTree {
  readonly labels: readonly Uint8Array[];
  readonly samples: readonly Uint8Array[];
  /** Exemplars and histograms. */
  readonly others: readonly Uint8Array[];
}

export interface RequestTree {
  readonly rows: readonly RowTree[];
  /** Fields after the rows: metadata. */
  readonly tail: readonly Uint8Array[];
}

export function encodeRow(row: RowTree): Uint8Array {
  return field(1, concat([...row.labels, ...row.samples, ...row.others]));
}

export function encodeRequest(tree: RequestTree): Uint8Array {
  return concat([...tree.rows.map(encodeRow), ...tree.tail]);
}
