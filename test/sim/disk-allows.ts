/**
 * The other direction of `disk-crash.ts`: whether the model allows an observed state after a power
 * loss. Calibration asks it about what a real kernel left; tests ask it about states that must never
 * be. A sector may hold any version it had since its file's last sync, a size any value in between;
 * with `garbage`, bytes that an operation in flight covered may hold anything.
 */
import { assert } from "#base/assert.ts";
import {
  type DiskFileModel,
  type Noise,
  SECTOR_BYTES,
  sectorCountOf,
  type WriteOp,
} from "./disk-file-model.ts";
import { type CrashOptions, withDurableTree } from "./disk-crash.ts";
import type { DiskModel, DiskSnapshot } from "./disk-model.ts";
import { mayKeep, pathsOf, type TreeOp } from "./disk-tree-model.ts";

/** The search tries all legal subsets of pending metadata operations: 2^16 is still instant. */
const PENDING_TREE_OPS_MAX = 16;

export function allows(model: DiskModel, observed: DiskSnapshot, options: CrashOptions): boolean {
  for (const kept of legalSubsets(model.tree.pending)) {
    const fits = withDurableTree(model, kept, () => matches(model, observed, options.noise));
    if (fits) return true;
  }
  return false;
}

/** Every set of metadata operations that a crash may keep; all and none come first. */
export function* legalSubsets(pending: readonly TreeOp[]): Generator<ReadonlySet<TreeOp>> {
  assert(
    pending.length <= PENDING_TREE_OPS_MAX,
    () => `sim disk: got ${pending.length} pending metadata operations, want at most 16`,
  );
  const all = 2 ** pending.length - 1;
  for (let mask = all; mask >= 0; mask--) {
    const kept = new Set<TreeOp>();
    const dropped: TreeOp[] = [];
    let isLegal = true;
    for (const [index, op] of pending.entries()) {
      if ((mask & (1 << index)) === 0) dropped.push(op);
      else if (mayKeep(op, dropped)) kept.add(op);
      else isLegal = false;
    }
    if (isLegal) yield kept;
  }
}

function matches(model: DiskModel, observed: DiskSnapshot, noise: Noise): boolean {
  const nodes = pathsOf(model.tree.root, "durable");
  if (nodes.length !== observed.size) return false;
  return nodes.every(([path, node]) => {
    const bytes = observed.get(path);
    if (bytes === undefined) return false;
    if (node.kind === "folder") return bytes === null;
    return bytes !== null && fileAllows(node.file, bytes, noise);
  });
}

export function fileAllows(file: DiskFileModel, observed: Uint8Array, noise: Noise): boolean {
  const content = new PossibleContent(file);
  for (const op of file.pending) {
    if (op.kind === "write") content.write(op);
    else content.truncate(op.size);
  }
  return content.allows(observed, noise);
}

/** Sizes and sector versions that a crash may leave. */
class PossibleContent {
  readonly #file: DiskFileModel;
  readonly #versions = new Map<number, Uint8Array[]>();
  /** Byte ranges in flight, for noise. */
  readonly #inFlight: { offset: number; end: number }[] = [];
  #sizes: Set<number>;
  /** From here on a file that grows may show noise: its smallest end since the last sync. */
  #durableEnd: number;

  constructor(file: DiskFileModel) {
    this.#file = file;
    this.#sizes = new Set([file.durable.size]);
    this.#durableEnd = file.durable.size;
  }

  write(op: WriteOp): void {
    const end = op.offset + op.length;
    const ends = [end];
    for (let sector = 1; sector < sectorCountOf(op); sector++) {
      ends.push((op.firstSector + sector) * SECTOR_BYTES);
    }
    const before = Array.from(this.#sizes);
    for (const size of before) {
      for (const kept of ends) this.#sizes.add(Math.max(size, kept));
    }
    for (let at = 0; at < sectorCountOf(op); at++) {
      const sector = op.firstSector + at;
      const bytes = op.after.subarray(at * SECTOR_BYTES, (at + 1) * SECTOR_BYTES);
      this.#versionsOf(sector).push(bytes);
    }
    this.#inFlight.push({ offset: op.offset, end });
  }

  truncate(size: number): void {
    const firstCut = Math.floor(size / SECTOR_BYTES);
    const sectors = Math.ceil(Math.max(...this.#sizes) / SECTOR_BYTES);
    for (let sector = firstCut; sector < sectors; sector++) {
      const versions = this.#versionsOf(sector);
      const kept = size - sector * SECTOR_BYTES;
      versions.push(...versions.map((bytes) => cut(bytes, kept)));
    }
    this.#sizes.add(size);
    this.#durableEnd = Math.min(this.#durableEnd, size);
  }

  allows(observed: Uint8Array, noise: Noise): boolean {
    if (!this.#sizes.has(observed.length)) return false;
    const sectors = Math.ceil(observed.length / SECTOR_BYTES);
    for (let sector = 0; sector < sectors; sector++) {
      const start = sector * SECTOR_BYTES;
      const got = observed.subarray(start, start + SECTOR_BYTES);
      const isFree = (at: number): boolean => this.#mayBeNoise(start + at, noise);
      if (!this.#versionsOf(sector).some((version) => agree(got, version, isFree))) return false;
    }
    return true;
  }

  #versionsOf(sector: number): Uint8Array[] {
    let versions = this.#versions.get(sector);
    if (versions === undefined) {
      const durable = new Uint8Array(SECTOR_BYTES);
      this.#file.durable.read(durable, sector * SECTOR_BYTES);
      versions = [durable];
      this.#versions.set(sector, versions);
    }
    return versions;
  }

  #mayBeNoise(at: number, noise: Noise): boolean {
    if (noise === "none" || (noise === "beyond-end" && at < this.#durableEnd)) return false;
    return this.#inFlight.some(({ offset, end }) => at >= offset && at < end);
  }
}

/** The first `length` bytes, zeros after them. */
function cut(bytes: Uint8Array, length: number): Uint8Array {
  if (length >= bytes.length) return bytes;
  const copy = new Uint8Array(bytes.length);
  if (length > 0) copy.set(bytes.subarray(0, length));
  return copy;
}

function agree(got: Uint8Array, want: Uint8Array, isFree: (at: number) => boolean): boolean {
  for (let at = 0; at < got.length; at++) if (got[at] !== want[at] && !isFree(at)) return false;
  return true;
}
