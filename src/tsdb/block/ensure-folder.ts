/** Makes a folder that survives a crash: its parents and itself, each entry synced. */
import type { Disk } from "#runtime/ports/disk.ts";

export async function ensureFolder(disk: Disk, folder: string): Promise<void> {
  await disk.mkdir(folder);
  const parts = folder.split("/");
  for (let depth = 0; depth < parts.length; depth++) {
    await disk.syncDir(parts.slice(0, depth).join("/"));
  }
}
