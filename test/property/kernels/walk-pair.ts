/**
 * One walk through both kernels, compared column by column, and its result in readable form. Columns
 * are refilled before each walk and lie between canaries, so nothing of an earlier run is taken for
 * a result.
 */
import type { KernelRegion } from "#kernels/kernel-memory.ts";
import {
  RANGE_BYTES,
  RANGE_EXEMPLAR,
  RANGE_HISTOGRAM,
  WALK_FAULT_OFFSET,
  WALK_FIELDS_MAX,
  WALK_FIELD_TOTAL,
  WALK_FRAME_BYTES,
  WALK_IDS,
  WALK_LABELS_BYTES,
  WALK_LABELS_OFFSET,
  WALK_PREDICTED,
  WALK_PREVIOUS_ID,
  WALK_RANGES,
  WALK_RANGES_MAX,
  WALK_RANGE_TOTAL,
  WALK_ROWS_MAX,
  WALK_ROW_TOTAL,
  WALK_SAMPLES_MAX,
  WALK_SAMPLE_STARTS,
  WALK_SAMPLE_TOTAL,
  WALK_SCOPE,
  WALK_SCRATCH,
  WALK_SCRATCH_BYTES,
  WALK_SCRATCH_USED,
  WALK_SOURCE,
  WALK_SOURCE_BYTES,
  WALK_TABLE,
  WALK_TIMES,
  WALK_UNPREDICTED_END,
  WALK_VALUES,
} from "#kernels/layout/walk-layout.ts";
import { expect } from "vitest";
import { KernelPair } from "./kernel-pair.ts";

export interface WalkRoom {
  readonly rows: number;
  readonly samples: number;
  readonly ranges: number;
  /** Odd fields; as many as there are when left out. */
  readonly fields?: number;
  readonly scratch: number;
}

export interface WalkResult {
  readonly code: number;
  readonly faultOffset: number;
  readonly rows: readonly { labels: string; times: number[]; bits: bigint[] }[];
  readonly ranges: readonly { row: number; kind: string; hex: string }[];
  readonly predicted: number;
}

const ROWS_MAX = 64;
const SAMPLES_MAX = 256;
const RANGES_MAX = 64;
const BYTES_MAX = 16_384;

export class WalkPair {
  readonly pair: KernelPair = new KernelPair();
  readonly #frame = this.pair.region("frame", WALK_FRAME_BYTES);
  readonly #source = this.pair.region("source", BYTES_MAX);
  readonly #columns: ReadonlyMap<number, KernelRegion> = new Map([
    [WALK_SCRATCH, this.pair.region("scratch", BYTES_MAX)],
    [WALK_LABELS_OFFSET, this.pair.region("label offsets", 4 * ROWS_MAX)],
    [WALK_LABELS_BYTES, this.pair.region("label bytes", 4 * ROWS_MAX)],
    [WALK_SAMPLE_STARTS, this.pair.region("sample starts", 4 * (ROWS_MAX + 1))],
    [WALK_IDS, this.pair.region("ids", 4 * ROWS_MAX)],
    [WALK_TIMES, this.pair.region("times", 8 * SAMPLES_MAX)],
    [WALK_VALUES, this.pair.region("values", 8 * SAMPLES_MAX)],
    [WALK_RANGES, this.pair.region("ranges", RANGE_BYTES * RANGES_MAX)],
  ]);

  /** Walks `source` with the given room; `table` 0 means no prediction. */
  run(
    source: Uint8Array,
    room: WalkRoom,
    identity: { table: number; scope: number; previous: number } = NO_IDENTITY,
  ): WalkResult {
    const { pair } = this;
    expect(source.length).toBeLessThanOrEqual(BYTES_MAX);
    pair.write(this.#source.offset, source);
    this.#set(WALK_SOURCE, this.#source.offset);
    this.#set(WALK_SOURCE_BYTES, source.length);
    this.#set(WALK_SCRATCH_BYTES, room.scratch);
    this.#set(WALK_ROWS_MAX, room.rows);
    this.#set(WALK_SAMPLES_MAX, room.samples);
    this.#set(WALK_RANGES_MAX, room.ranges);
    this.#set(WALK_FIELDS_MAX, room.fields ?? BYTES_MAX);
    this.#set(WALK_TABLE, identity.table);
    this.#set(WALK_SCOPE, identity.scope);
    this.#set(WALK_PREVIOUS_ID, identity.previous);
    for (const [field, region] of this.#columns) {
      pair.fill(region, 0x77);
      this.#set(field, region.offset);
    }
    const code = pair.call((calls) => calls.walkWriteRequest(this.#frame.offset));
    this.#compare(room);
    if (code !== 0) expect(this.get(WALK_FAULT_OFFSET)).toBeLessThan(source.length);
    return this.#read(code);
  }

  get(field: number): number {
    return this.pair.u32(this.#frame.offset + field);
  }

  column(field: number): KernelRegion {
    return this.#columns.get(field)!;
  }

  #set(field: number, value: number): void {
    this.pair.setU32(this.#frame.offset + field, value);
  }

  #compare(room: WalkRoom): void {
    const { pair } = this;
    const rows = this.get(WALK_ROW_TOTAL);
    const samples = this.get(WALK_SAMPLE_TOTAL);
    const ranges = this.get(WALK_RANGE_TOTAL);
    const scratch = this.get(WALK_SCRATCH_USED);
    this.get(WALK_PREDICTED);
    this.get(WALK_UNPREDICTED_END);
    this.get(WALK_FIELD_TOTAL);
    this.get(WALK_FAULT_OFFSET);
    expect(rows).toBeLessThanOrEqual(room.rows);
    expect(samples).toBeLessThanOrEqual(room.samples);
    expect(ranges).toBeLessThanOrEqual(room.ranges);
    expect(scratch).toBeLessThanOrEqual(room.scratch);
    const used = new Map([
      [WALK_SCRATCH, scratch],
      [WALK_LABELS_OFFSET, 4 * rows],
      [WALK_LABELS_BYTES, 4 * rows],
      [WALK_SAMPLE_STARTS, 4 * (rows + 1)],
      [WALK_IDS, 4 * rows],
      [WALK_TIMES, 8 * samples],
      [WALK_VALUES, 8 * samples],
      [WALK_RANGES, RANGE_BYTES * ranges],
    ]);
    for (const [field, region] of this.#columns) {
      pair.expectSame(region.offset, used.get(field)!);
    }
    pair.expectCanaries(this.#frame, this.#source, ...this.#columns.values());
  }

  #read(code: number): WalkResult {
    const { u32, f64, u8 } = this.pair.wasm.memory.views();
    const at = (field: number, index: number): number =>
      u32[this.column(field).offset / 4 + index]!;
    const hex = (offset: number, count: number): string =>
      Buffer.from(u8.subarray(offset, offset + count)).toString("hex");
    const rows = Array.from({ length: this.get(WALK_ROW_TOTAL) }, (_, row) => {
      const first = at(WALK_SAMPLE_STARTS, row);
      const count = at(WALK_SAMPLE_STARTS, row + 1) - first;
      const samples = Array.from({ length: count }, (_unused, i) => first + i);
      return {
        labels: hex(at(WALK_LABELS_OFFSET, row), at(WALK_LABELS_BYTES, row)),
        times: samples.map((i) => f64[this.column(WALK_TIMES).offset / 8 + i]!),
        bits: samples.map(
          (i) => (BigInt(at(WALK_VALUES, 2 * i + 1)) << 32n) | BigInt(at(WALK_VALUES, 2 * i)),
        ),
      };
    });
    const ranges = Array.from({ length: this.get(WALK_RANGE_TOTAL) }, (_, i) => {
      const [kind, row, offset, count] = [0, 1, 2, 3].map((k) => at(WALK_RANGES, 4 * i + k));
      return { row: row!, kind: kindText(kind!), hex: hex(offset!, count!) };
    });
    return {
      code,
      faultOffset: this.get(WALK_FAULT_OFFSET),
      rows,
      ranges,
      predicted: this.get(WALK_PREDICTED),
    };
  }
}

const NO_IDENTITY = { table: 0, scope: 0, previous: 0xffff_ffff };

function kindText(kind: number): string {
  if (kind === RANGE_EXEMPLAR) return "exemplar";
  return kind === RANGE_HISTOGRAM ? "histogram" : "metadata";
}
