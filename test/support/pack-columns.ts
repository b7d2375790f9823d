/** A batch whose samples are all known, with its columns in one piece too, as receivers send it. */
import type { AppendBatch } from "#storage/append-batch.ts";

export function packColumns(batch: AppendBatch): AppendBatch {
  const columns = [batch.timestamps, batch.values, batch.series];
  const bytes = columns.map(
    (column) => new Uint8Array(column.buffer, column.byteOffset, column.byteLength),
  );
  return { ...batch, packed: new Uint8Array(Buffer.concat(bytes)) };
}
