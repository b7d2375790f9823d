/**
 * The folders of the simulated disk: the live tree, the durable entries, and the metadata operations
 * in between. An operation becomes durable by `syncDir` of a folder it touches. Until then a crash
 * may keep or lose it, in any combination across files, with one rule: an operation on a name or
 * file needs the earlier pending ones on that name or file (no rename of a file that was never
 * created). A rename is atomic.
 */
import { assert } from "#base/assert.ts";
import { checkedDiskPath } from "#runtime/disk-path.ts";
import { DiskFileModel } from "./disk-file-model.ts";

export interface FolderNode {
  readonly kind: "folder";
  readonly id: number;
  readonly live: Map<string, TreeNode>;
  readonly durable: Map<string, TreeNode>;
}

export interface FileNode {
  readonly kind: "file";
  readonly id: number;
  readonly file: DiskFileModel;
}

export type TreeNode = FolderNode | FileNode;

/** One entry set or removed; a rename is two of these in one operation. */
interface EntryChange {
  readonly folder: FolderNode;
  readonly name: string;
  /** null removes the entry. */
  readonly node: TreeNode | null;
}

export interface TreeOp {
  readonly changes: readonly EntryChange[];
  /** Names and nodes touched, as keys for the dependency rule. */
  readonly keys: ReadonlySet<string>;
}

export class DiskTreeModel {
  root: FolderNode;
  pending: TreeOp[] = [];
  #nextId = 1;

  constructor() {
    this.root = this.#folder();
  }

  /** The node at a path of the live tree, or null. */
  find(path: string): TreeNode | null {
    let node: TreeNode = this.root;
    if (checkedDiskPath(path) === "") return node;
    for (const part of path.split("/")) {
      if (node.kind !== "folder") return null;
      const next = node.live.get(part);
      if (next === undefined) return null;
      node = next;
    }
    return node;
  }

  /** Folder and last name of a path; null when the folder is missing. */
  locate(path: string): { folder: FolderNode; name: string } | null {
    const slash = checkedDiskPath(path).lastIndexOf("/");
    const folder = slash < 0 ? this.root : this.find(path.slice(0, slash));
    if (folder === null || folder.kind !== "folder") return null;
    return { folder, name: path.slice(slash + 1) };
  }

  create(folder: FolderNode, name: string): FileNode {
    const node: FileNode = { kind: "file", id: this.#nextId++, file: new DiskFileModel() };
    this.#submit([{ folder, name, node }]);
    return node;
  }

  link(node: FileNode, folder: FolderNode, name: string): void {
    this.#submit([{ folder, name, node }]);
  }

  makeFolder(folder: FolderNode, name: string): FolderNode {
    const node = this.#folder();
    this.#submit([{ folder, name, node }]);
    return node;
  }

  unlink(folder: FolderNode, name: string): void {
    this.#submit([{ folder, name, node: null }]);
  }

  rename(
    from: { folder: FolderNode; name: string },
    to: { folder: FolderNode; name: string },
  ): void {
    const node = from.folder.live.get(from.name);
    assert(node !== undefined, "sim disk: rename of nothing");
    this.#submit([
      { ...from, node: null },
      { ...to, node },
    ]);
  }

  /** Makes the pending operations that touch `folder` durable, with all that they need. */
  sync(folder: FolderNode): void {
    const needed = new Set<TreeOp>();
    for (let index = this.pending.length - 1; index >= 0; index--) {
      const op = this.pending[index]!;
      const touches = op.changes.some((change) => change.folder === folder);
      const isNeeded = [...needed].some((later) => !later.keys.isDisjointFrom(op.keys));
      if (touches || isNeeded) needed.add(op);
    }
    this.keepOnly((op) => needed.has(op));
    this.pending = this.pending.filter((op) => !needed.has(op));
  }

  /** Applies the chosen pending operations to the durable entries, in order. */
  keepOnly(isKept: (op: TreeOp) => boolean): void {
    for (const op of this.pending) if (isKept(op)) applyChanges(op, "durable");
  }

  /** Starts again from the durable entries, as after a mount. */
  reset(): void {
    this.pending = [];
    for (const node of foldersOf(this.root, "durable")) {
      node.live.clear();
      for (const [name, child] of node.durable) node.live.set(name, child);
    }
  }

  #submit(changes: readonly EntryChange[]): void {
    const keys = new Set<string>();
    for (const { folder, name, node } of changes) {
      keys.add(`name ${folder.id}/${name}`);
      const before = folder.live.get(name);
      if (before !== undefined) keys.add(`node ${before.id}`);
      if (node !== null) keys.add(`node ${node.id}`);
    }
    const op = { changes, keys };
    applyChanges(op, "live");
    this.pending.push(op);
  }

  #folder(): FolderNode {
    return { kind: "folder", id: this.#nextId++, live: new Map(), durable: new Map() };
  }
}

/** Whether `op` may be kept when the earlier operations in `dropped` were lost. */
export function mayKeep(op: TreeOp, dropped: readonly TreeOp[]): boolean {
  return dropped.every((earlier) => earlier.keys.isDisjointFrom(op.keys));
}

/** All folders below and including `root`, following one side's entries. */
export function foldersOf(root: FolderNode, side: "live" | "durable"): FolderNode[] {
  const found = [root];
  for (const folder of found) {
    for (const child of folder[side].values()) if (child.kind === "folder") found.push(child);
  }
  return found;
}

/** Paths of all nodes below `root`; folders end in "/". Sorted. */
export function pathsOf(root: FolderNode, side: "live" | "durable"): [string, TreeNode][] {
  const found: [string, TreeNode][] = [];
  const walk = (folder: FolderNode, prefix: string): void => {
    for (const [name, child] of folder[side]) {
      found.push([child.kind === "folder" ? `${prefix}${name}/` : `${prefix}${name}`, child]);
      if (child.kind === "folder") walk(child, `${prefix}${name}/`);
    }
  };
  walk(root, "");
  return found.sort(([a], [b]) => (a < b ? -1 : 1));
}

function applyChanges(op: TreeOp, side: "live" | "durable"): void {
  for (const { folder, name, node } of op.changes) {
    if (node === null) folder[side].delete(name);
    else folder[side].set(name, node);
  }
}
