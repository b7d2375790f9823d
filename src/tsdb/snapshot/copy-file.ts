/** Copies a file between disks: durable, and whole or absent under its name. */
import type { Disk } from "#runtime/ports/disk.ts";
import { readRange } from "../block/read-range.ts";
import { TemporaryFile } from "../block/temporary-file.ts";

/** Few calls, little memory. */
const PART_BYTES: number = 1024 * 1024;

/** The folder of `toPath` exists on `to`. Returns the bytes copied. */
export async function copyFile(
  from: Disk,
  to: Disk,
  path: string,
  toPath: string = path,
): Promise<number> {
  const source = await from.open(path, "read");
  try {
    const size = await source.size();
    const copy = await TemporaryFile.create(to, toPath);
    try {
      for (let at = 0; at < size; at += PART_BYTES) {
        await copy.append(await readRange(source, at, Math.min(PART_BYTES, size - at)));
      }
      await copy.sync();
      await copy.publish();
    } catch (error) {
      await copy.discard();
      throw error;
    }
    return size;
  } finally {
    await source.close();
  }
}
