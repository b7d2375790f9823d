/**
 * Deals the rows of a decoded body out to their shards, slice by slice, over the routing kernel and
 * the owner words of the identity table. Rows whose identity has no usable ref stop it: the receiver
 * sees to them and goes on. Packs are views that stay valid until the next `begin`.
 */
import { assert } from "#base/assert.ts";
import type { Kernels } from "#kernels/kernel-calls.ts";
import {
  IDENTITY_RECORDS_END,
  RECORD_BYTES,
  RECORD_OWNER,
} from "#kernels/layout/identity-layout.ts";
import {
  OWNER_INVALID,
  OWNER_KNOWN,
  OWNER_PLACED,
  OWNER_SHARD_MASK,
  OWNER_STATE_SHIFT,
  PACK_BYTES,
  PACK_HEADER_BYTES,
  PACKED_HEADER_BYTES,
  ROUTE_BUDGET,
  ROUTE_CAPACITY,
  ROUTE_COLUMNS,
  ROUTE_FRAME_BYTES,
  ROUTE_GENERATIONS,
  ROUTE_IDS,
  ROUTE_LOGS,
  ROUTE_PACKS,
  ROUTE_PACK_STRIDE,
  ROUTE_ROW,
  ROUTE_ROW_END,
  ROUTE_ROW_SAMPLE,
  ROUTE_SAMPLE_STARTS,
  ROUTE_SERIES,
  ROUTE_STOPPED,
  ROUTE_STRIDE,
  ROUTE_TABLE,
  ROUTE_TIMES,
  ROUTE_TOUCHED,
  ROUTE_TOUCHED_COUNT,
  ROUTE_VALUES,
} from "#kernels/layout/route-layout.ts";
import type { ShardId } from "#model/refs.ts";
import { SLICE_SAMPLES_MAX } from "./batch-router.ts";

export interface RowRouterOptions {
  readonly kernels: Kernels;
  /** Addresses of the walk's columns and of the identity table in the kernels' memory. */
  readonly ids: number;
  readonly sampleStarts: number;
  readonly times: number;
  readonly values: number;
  readonly table: number;
  /** The log that each shard writes to. */
  readonly shardLogs: Uint16Array;
}

/** With more shards than this, slices are smaller so that their columns stay below 400 MiB. */
const LARGE_SHARD_COUNT = 4096;
const LARGE_SLICE_SAMPLES = 512;

export class RowRouter {
  readonly #kernels: Kernels;
  readonly #frame: number;
  readonly #columns: number;
  readonly #stride: number;
  readonly #capacity: number;
  readonly #touched: number;
  readonly #table: number;
  readonly #generations: number;
  readonly #packs: number;
  readonly #packStride: number;
  readonly logCount: number;

  constructor(options: RowRouterOptions) {
    const { kernels, shardLogs } = options;
    const shardCount = shardLogs.length;
    this.#kernels = kernels;
    this.#table = options.table;
    this.#capacity = shardCount > LARGE_SHARD_COUNT ? LARGE_SLICE_SAMPLES : SLICE_SAMPLES_MAX;
    this.#stride = ROUTE_SERIES + 20 * this.#capacity;
    this.#frame = kernels.memory.allocate("route frame", ROUTE_FRAME_BYTES).offset;
    this.#touched = kernels.memory.allocate("touched shards", 4 * shardCount).offset;
    this.#columns = kernels.memory.allocate("shard columns", this.#stride * shardCount).offset;
    this.#put(ROUTE_IDS, options.ids);
    this.#put(ROUTE_SAMPLE_STARTS, options.sampleStarts);
    this.#put(ROUTE_TIMES, options.times);
    this.#put(ROUTE_VALUES, options.values);
    this.#put(ROUTE_TABLE, options.table);
    this.#put(ROUTE_COLUMNS, this.#columns);
    this.#put(ROUTE_STRIDE, this.#stride);
    this.#put(ROUTE_CAPACITY, this.#capacity);
    this.#put(ROUTE_TOUCHED, this.#touched);
    this.logCount = Math.max(...shardLogs) + 1;
    const logs = kernels.memory.allocate("logs of shards", 4 * shardCount).offset;
    kernels.memory.views().u32.set(shardLogs, logs >>> 2);
    this.#generations = kernels.memory.allocate("generations of shards", 4 * shardCount).offset;
    // Every sample may go to one log, and every batch has a header and may have 4 bytes of padding.
    this.#packStride =
      PACK_HEADER_BYTES + 20 * this.#capacity + (PACKED_HEADER_BYTES + 8) * shardCount;
    this.#packs = kernels.memory.allocate("packs", this.#packStride * this.logCount).offset;
    this.#put(ROUTE_LOGS, logs);
    this.#put(ROUTE_GENERATIONS, this.#generations);
    this.#put(ROUTE_PACKS, this.#packs);
    this.#put(ROUTE_PACK_STRIDE, this.#packStride);
  }

  /** The body at hand has this many rows; the cursor goes to the first, or where it is told. */
  startBody(rowCount: number, row: number = 0, rowSample: number = 0): void {
    this.#put(ROUTE_ROW, row);
    this.#put(ROUTE_ROW_SAMPLE, rowSample);
    this.#put(ROUTE_ROW_END, rowCount);
  }

  /** Empties columns and packs, and gives the next slice its budget. */
  begin(): void {
    const { u32 } = this.#kernels.memory.views();
    const touched = this.#touched >>> 2;
    const touchedEnd = touched + this.#get(ROUTE_TOUCHED_COUNT);
    for (let at = touched; at < touchedEnd; at++) {
      u32[(this.#columns + u32[at]! * this.#stride) >>> 2] = 0;
    }
    for (let log = 0; log < this.logCount; log++) u32[this.#packAt(log) >>> 2] = 0;
    this.#put(ROUTE_TOUCHED_COUNT, 0);
    this.#put(ROUTE_BUDGET, this.#capacity);
  }

  /** Deals rows out until the slice is full or the body ends (true), or a row needs care (false). */
  run(): boolean {
    return this.#kernels.calls.routeRows(this.#frame) !== ROUTE_STOPPED;
  }

  get row(): number {
    return this.#get(ROUTE_ROW);
  }

  get rowSample(): number {
    return this.#get(ROUTE_ROW_SAMPLE);
  }

  get budget(): number {
    return this.#get(ROUTE_BUDGET);
  }

  /** Moves the cursor over `count` samples of its row that were dealt out elsewhere. */
  skip(count: number, isRowDone: boolean): void {
    // A row costs at least one, as in the kernel.
    this.#put(ROUTE_BUDGET, this.budget - Math.max(count, 1));
    this.#put(ROUTE_ROW_SAMPLE, isRowDone ? 0 : this.rowSample + count);
    if (isRowDone) this.#put(ROUTE_ROW, this.row + 1);
  }

  /** Packs what was dealt out, once per slice. */
  pack(): void {
    this.#kernels.calls.packRows(this.#frame);
  }

  /** The samples of this slice for one log, as `AppendSlice.packed`. */
  packOf(log: number): Uint8Array {
    const { u8, u32 } = this.#kernels.memory.views();
    const at = this.#packAt(log);
    const start = at + PACK_HEADER_BYTES;
    return u8.subarray(start, start + u32[(at + PACK_BYTES) >>> 2]!);
  }

  state(id: number): number {
    return this.#owner(id) >>> OWNER_STATE_SHIFT;
  }

  shard(id: number): number {
    return this.#owner(id) & OWNER_SHARD_MASK;
  }

  /** Of a known identity; of another one what `place` noted last, or anything at all. */
  ref(id: number): number {
    return this.#kernels.memory.views().u32[this.#ownerAt(id) + 1]!;
  }

  /** `note` is the caller's, until the identity has a ref. */
  place(id: number, shard: ShardId, note: number = 0): void {
    this.#setOwner(id, OWNER_PLACED, shard, note);
  }

  setRef(id: number, shard: number, ref: number): void {
    assert(this.state(id) !== OWNER_INVALID, () => `router: ref for identity ${id} without place`);
    this.#setOwner(id, OWNER_KNOWN, shard, ref);
  }

  reject(id: number): void {
    this.#setOwner(id, OWNER_INVALID, 0, 0);
  }

  /** Of the refs that are known of the shard. */
  generation(shard: number): number {
    return this.#kernels.memory.views().u32[(this.#generations >>> 2) + shard]!;
  }

  /** The shard numbers its series anew: all of its refs are void. */
  forgetRefs(shard: number, generation: number): void {
    this.#kernels.calls.forgetShardRefs(this.#table, shard);
    this.#kernels.memory.views().u32[(this.#generations >>> 2) + shard] = generation;
  }

  #owner(id: number): number {
    return this.#kernels.memory.views().u32[this.#ownerAt(id)]!;
  }

  #setOwner(id: number, state: number, shard: number, ref: number): void {
    const { u32 } = this.#kernels.memory.views();
    const at = this.#ownerAt(id);
    u32[at] = (state << OWNER_STATE_SHIFT) | shard;
    u32[at + 1] = ref;
  }

  #ownerAt(id: number): number {
    const { u32 } = this.#kernels.memory.views();
    const end = u32[(this.#table + IDENTITY_RECORDS_END) >>> 2]!;
    return (end - (id + 1) * RECORD_BYTES + RECORD_OWNER) >>> 2;
  }

  #packAt(log: number): number {
    return this.#packs + log * this.#packStride;
  }

  #put(field: number, value: number): void {
    this.#kernels.memory.views().u32[(this.#frame + field) >>> 2] = value;
  }

  #get(field: number): number {
    return this.#kernels.memory.views().u32[(this.#frame + field) >>> 2]!;
  }
}
