/** A disk whose files never reach stable storage although their syncs succeed: code on it must fail. */
import type { Disk, DiskFile } from "#runtime/ports/disk.ts";

export function unsyncedDisk(disk: Disk): Disk {
  return {
    open: async (path, mode) => unsyncedFile(await disk.open(path, mode)),
    rename: (from, to) => disk.rename(from, to),
    link: (from, to) => disk.link(from, to),
    removeFolder: (path) => disk.removeFolder(path),
    unlink: (path) => disk.unlink(path),
    mkdir: (path) => disk.mkdir(path),
    list: (path) => disk.list(path),
    syncDir: (path) => disk.syncDir(path),
    freeBytes: () => disk.freeBytes(),
  };
}

function unsyncedFile(file: DiskFile): DiskFile {
  return {
    path: file.path,
    size: () => file.size(),
    pread: (into, offset) => file.pread(into, offset),
    pwrite: (bytes, offset) => file.pwrite(bytes, offset),
    datasync: async () => {},
    truncate: (size) => file.truncate(size),
    allocate: (size) => file.allocate(size),
    close: () => file.close(),
  };
}
