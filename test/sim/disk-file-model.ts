/**
 * One file of the simulated disk: what processes see (`live`), what is surely on the platter
 * (`durable`), and the operations in between, in order. The unit of loss is the 512-byte sector: the
 * page cache writes whole sectors, so a sector that made it holds everything written to it up to
 * some operation, never a later write without an earlier one in the same sector. Sectors of one
 * operation, and different operations, are lost independently.
 *
 * Size and content are lost independently as well: ext4 was seen to keep an overwrite inside the old
 * end together with the old size although the same write grew the file, and to keep a write into a
 * mapped block although the truncation before it was lost.
 */
import { assert } from "#base/assert.ts";
import { GrowingBytes } from "./growing-bytes.ts";

export const SECTOR_BYTES = 512;

export interface WriteOp {
  readonly kind: "write";
  readonly offset: number;
  readonly length: number;
  readonly firstSector: number;
  /** Whole sectors as memory held them right after this operation. */
  readonly after: Uint8Array;
}

export interface TruncateOp {
  readonly kind: "truncate";
  readonly size: number;
}

export type FileOp = WriteOp | TruncateOp;

/** What a crash makes of one pending operation. Sectors count from the operation's first. */
export type OpFate =
  | { readonly kind: "drop" }
  | { readonly kind: "keep" }
  /** The first `sectors` sectors made it, and the size with them. */
  | { readonly kind: "prefix"; readonly sectors: number }
  /** Some sectors are missing; the size made it or not. */
  | {
      readonly kind: "holes";
      readonly isLost: (sector: number) => boolean;
      readonly grows: boolean;
    }
  /** One sector holds noise where the operation wrote, from offset `from` of the file on. */
  | {
      readonly kind: "noise";
      readonly sector: number;
      readonly from: number;
      readonly bytes: Uint8Array;
    };

/**
 * Where bytes of operations in flight may come back as noise. ext4 was seen to do "beyond-end": it
 * commits a larger size inside a mapped block before the data, and the block still holds what an
 * earlier, lost extension wrote. "anywhere" also spoils overwrites, as a torn device sector would.
 * Bytes that no operation in flight covers are never touched.
 */
export type Noise = "none" | "beyond-end" | "anywhere";

export class DiskFileModel {
  live: GrowingBytes = new GrowingBytes();
  durable: GrowingBytes = new GrowingBytes();
  /** Operations since the last sync; `pending[0]` has number `#firstNumber`. */
  pending: FileOp[] = [];
  #firstNumber = 0;

  write(bytes: Uint8Array, offset: number): void {
    if (bytes.length === 0) return;
    this.live.write(bytes, offset);
    const firstSector = Math.floor(offset / SECTOR_BYTES);
    const endSector = Math.ceil((offset + bytes.length) / SECTOR_BYTES);
    const after = new Uint8Array((endSector - firstSector) * SECTOR_BYTES);
    this.live.read(after, firstSector * SECTOR_BYTES);
    this.pending.push({ kind: "write", offset, length: bytes.length, firstSector, after });
  }

  truncate(size: number): void {
    if (size === this.live.size) return;
    this.live.resize(size);
    this.pending.push({ kind: "truncate", size });
  }

  /** Mark for `syncTo`: the operations so far. */
  mark(): number {
    return this.#firstNumber + this.pending.length;
  }

  /** The operations before `mark` are on stable storage. */
  syncTo(mark: number): void {
    const count = Math.max(0, mark - this.#firstNumber);
    assert(count <= this.pending.length, "sim disk: sync beyond the last operation");
    for (const op of this.pending.splice(0, count)) applyFate(this.durable, op, { kind: "keep" });
    this.#firstNumber += count;
  }

  /** A failed sync: the kernel forgets the unsynced bytes and believes the file clean. */
  dropPending(): void {
    this.#firstNumber += this.pending.length;
    this.pending = [];
  }

  /** The file after a crash that dealt each pending operation the fate at its index. */
  imageAfter(fates: readonly OpFate[]): GrowingBytes {
    assert(fates.length === this.pending.length, "sim disk: one fate per pending operation");
    const image = this.durable.clone();
    for (const [index, op] of this.pending.entries()) applyFate(image, op, fates[index]!);
    return image;
  }

  /** Starts again from `image`, as after a mount. */
  reset(image: GrowingBytes): void {
    this.durable = image;
    this.live = image.clone();
    this.dropPending();
  }

  clone(): DiskFileModel {
    const copy = new DiskFileModel();
    copy.live = this.live.clone();
    copy.durable = this.durable.clone();
    copy.pending = [...this.pending];
    copy.#firstNumber = this.#firstNumber;
    return copy;
  }
}

export function sectorCountOf(op: WriteOp): number {
  return op.after.length / SECTOR_BYTES;
}

function applyFate(image: GrowingBytes, op: FileOp, fate: OpFate): void {
  if (fate.kind === "drop") return;
  if (op.kind === "truncate") {
    image.resize(op.size);
    return;
  }
  const end = op.offset + op.length;
  const sectors = sectorCountOf(op);
  const kept = fate.kind === "prefix" ? fate.sectors : sectors;
  if (kept === 0) return;
  const keptEnd = Math.min(end, (op.firstSector + kept) * SECTOR_BYTES);
  const grows = fate.kind !== "holes" || fate.grows;
  if (grows && keptEnd > image.size) image.resize(keptEnd);
  for (let sector = 0; sector < kept; sector++) {
    if (fate.kind === "holes" && fate.isLost(sector)) continue;
    copySector(image, op, sector, fate);
  }
}

function copySector(image: GrowingBytes, op: WriteOp, sector: number, fate: OpFate): void {
  const start = (op.firstSector + sector) * SECTOR_BYTES;
  const bytes = op.after.slice(sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES);
  if (fate.kind === "noise" && fate.sector === sector) {
    const low = Math.max(op.offset, start, fate.from) - start;
    const high = Math.min(op.offset + op.length, start + SECTOR_BYTES) - start;
    if (low < high) bytes.set(fate.bytes.subarray(low, high), low);
  }
  // Memory beyond the file's end is not written: the size decides what exists.
  const room = Math.min(SECTOR_BYTES, image.size - start);
  if (room <= 0) return;
  image.write(bytes.subarray(0, room), start);
}
