/** Reads a whole byte range of a file; a file that ends before it is damage, named. */
import { EngineError } from "#base/engine-error.ts";
import type { DiskFile } from "#runtime/ports/disk.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";

/** Owned by the caller. `bytes` may be given to be reused; it is filled from its start. */
export async function readRange(
  file: DiskFile,
  offset: number,
  length: number,
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(length),
): Promise<Uint8Array<ArrayBuffer>> {
  const into = bytes.subarray(0, length);
  const count = await file.pread(into, offset);
  if (count === length) return into;
  throw new EngineError(
    CORRUPTION,
    `cannot read ${file.path}: got ${count} bytes at ${offset}, want ${length}`,
    { data: { path: file.path, offset } },
  );
}
