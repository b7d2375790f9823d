/**
 * The simulated disk without time: path-level operations on the tree and file models, answered at
 * once and with the codes of the Disk port. `SimDisk` puts latency and faults around it; crash
 * states are computed from it (`disk-crash.ts`, `disk-crash-states.ts`, `disk-allows.ts`).
 */
import { EngineError, type ErrorCode } from "#base/engine-error.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";
import type { DiskFileModel } from "./disk-file-model.ts";
import { DiskTreeModel, type FileNode, type FolderNode, pathsOf } from "./disk-tree-model.ts";
import { GrowingBytes } from "./growing-bytes.ts";

/** All paths of a disk with their content; folders end in "/" and have null. */
export type DiskSnapshot = ReadonlyMap<string, Uint8Array | null>;

export class DiskModel {
  readonly tree: DiskTreeModel = new DiskTreeModel();

  /** A disk whose live and durable state is `snapshot`, as after a mount. */
  static from(snapshot: DiskSnapshot): DiskModel {
    const model = new DiskModel();
    for (const path of [...snapshot.keys()].sort()) {
      const bytes = snapshot.get(path);
      if (bytes === null || bytes === undefined) model.mkdir(path.slice(0, -1));
      else model.create(path).reset(GrowingBytes.of(bytes));
    }
    model.tree.keepOnly(() => true);
    model.tree.pending = [];
    return model;
  }

  create(path: string): DiskFileModel {
    const { folder, name } = this.#folderOf("create", path);
    if (folder.live.has(name)) throw diskError(runtimeErrors.diskExists, "create", path);
    return this.tree.create(folder, name).file;
  }

  open(path: string): DiskFileModel {
    return this.#fileAt("open", path).file;
  }

  rename(from: string, to: string): void {
    const source = this.#folderOf("rename", from);
    const node = source.folder.live.get(source.name);
    if (node === undefined) throw diskError(runtimeErrors.diskNotFound, "rename", from);
    const target = this.#folderOf("rename", to);
    const replaced = target.folder.live.get(target.name);
    if (replaced === node) return;
    const fits =
      replaced === undefined ||
      (replaced.kind === "file" && node.kind === "file") ||
      (replaced.kind === "folder" && node.kind === "folder" && replaced.live.size === 0);
    if (!fits) throw diskError(runtimeErrors.diskExists, "rename to", to);
    this.tree.rename(source, target);
  }

  unlink(path: string): void {
    this.#fileAt("unlink", path);
    const { folder, name } = this.#folderOf("unlink", path);
    this.tree.unlink(folder, name);
  }

  link(from: string, to: string): void {
    const node = this.#fileAt("link", from);
    const { folder, name } = this.#folderOf("link to", to);
    if (folder.live.has(name)) throw diskError(runtimeErrors.diskExists, "link to", to);
    this.tree.link(node, folder, name);
  }

  removeFolder(path: string): void {
    const node = this.tree.find(path);
    if (node === null) throw diskError(runtimeErrors.diskNotFound, "remove folder", path);
    const isEmpty = node.kind === "folder" && node.live.size === 0;
    if (!isEmpty) throw diskError(runtimeErrors.diskExists, "remove folder", path);
    const { folder, name } = this.#folderOf("remove folder", path);
    this.tree.unlink(folder, name);
  }

  /** Creates a folder and its parents. */
  mkdir(path: string): void {
    let folder = this.tree.root;
    for (const name of path.split("/")) {
      const child = folder.live.get(name) ?? this.tree.makeFolder(folder, name);
      if (child.kind !== "folder") throw diskError(runtimeErrors.diskExists, "create folder", path);
      folder = child;
    }
  }

  list(path: string): readonly string[] {
    const node = this.tree.find(path);
    if (node === null) return [];
    if (node.kind !== "folder") throw diskError(runtimeErrors.diskNotFound, "list", path);
    return [...node.live.keys()].sort();
  }

  syncDir(path: string): void {
    const node = this.tree.find(path);
    if (node === null || node.kind !== "folder") {
      throw diskError(runtimeErrors.diskNotFound, "sync folder", path);
    }
    this.tree.sync(node);
  }

  /** What processes see now. */
  liveSnapshot(): DiskSnapshot {
    return new Map(
      pathsOf(this.tree.root, "live").map(([path, node]) => [
        path,
        node.kind === "file" ? node.file.live.view().slice() : null,
      ]),
    );
  }

  usedBytes(): number {
    let used = 0;
    for (const [, node] of pathsOf(this.tree.root, "live")) {
      if (node.kind === "file") used += node.file.live.size;
    }
    return used;
  }

  #folderOf(verb: string, path: string): { folder: FolderNode; name: string } {
    const place = this.tree.locate(path);
    if (place === null || place.name === "") {
      throw diskError(runtimeErrors.diskNotFound, verb, path);
    }
    return place;
  }

  #fileAt(verb: string, path: string): FileNode {
    const node = this.tree.find(path);
    if (node === null) throw diskError(runtimeErrors.diskNotFound, verb, path);
    if (node.kind !== "file") throw diskError(runtimeErrors.diskExists, verb, path);
    return node;
  }
}

export function diskError(kind: ErrorCode, verb: string, path: string): EngineError {
  return new EngineError(kind, `cannot ${verb} ${path}: ${kind.description}`, { data: { path } });
}
