/**
 * Walks one request, given as hex, in fresh instances of both kernels and gives the result on which
 * they must agree, in a form that examples can state: labels as hex, values as bits. No identity
 * table takes part.
 */
import {
  WALK_FAULT_OFFSET,
  WALK_FRAME_BYTES,
  WALK_IDS,
  WALK_LABELS_BYTES,
  WALK_LABELS_OFFSET,
  WALK_RANGES,
  WALK_FIELDS_MAX,
  WALK_RANGES_MAX,
  WALK_RANGE_TOTAL,
  WALK_ROWS_MAX,
  WALK_ROW_TOTAL,
  WALK_SAMPLES_MAX,
  WALK_SAMPLE_STARTS,
  WALK_SAMPLE_TOTAL,
  WALK_SCRATCH,
  WALK_SCRATCH_BYTES,
  WALK_SOURCE,
  WALK_SOURCE_BYTES,
  WALK_TIMES,
  WALK_VALUES,
} from "#kernels/layout/walk-layout.ts";
import type { Kernels } from "#kernels/kernel-calls.ts";
import { expect } from "vitest";
import { bothKernels } from "./both-kernels.ts";

export interface WalkedRequest {
  readonly code: number;
  readonly faultOffset: number;
  readonly rows: readonly {
    readonly labels: string;
    readonly times: readonly number[];
    readonly bits: readonly bigint[];
  }[];
  readonly ranges: readonly { readonly kind: number; readonly row: number; readonly hex: string }[];
}

export interface Room {
  readonly rows?: number;
  readonly samples?: number;
  readonly ranges?: number;
  readonly scratch?: number;
  /** Odd fields. */
  readonly fields?: number;
}

export function walkBoth(hex: string, room: Room = {}): WalkedRequest {
  const [wasm, twin] = bothKernels().map((kernels) => walkIn(kernels, hex, room));
  expect(twin).toEqual(wasm);
  return wasm!;
}

function walkIn({ memory, calls }: Kernels, hex: string, room: Room): WalkedRequest {
  const { rows = 16, samples = 16, ranges = 16, scratch = 256, fields = 64 } = room;
  const bytes = Uint8Array.fromHex(hex);
  const frame = memory.allocate("frame", WALK_FRAME_BYTES).offset;
  const source = memory.allocate("source", bytes.length).offset;
  const set = (field: number, value: number): void => {
    memory.views().u32[(frame + field) / 4] = value;
  };
  const columns = [
    [WALK_SCRATCH, scratch],
    [WALK_LABELS_OFFSET, 64],
    [WALK_LABELS_BYTES, 64],
    [WALK_SAMPLE_STARTS, 68],
    [WALK_IDS, 64],
    [WALK_TIMES, 128],
    [WALK_VALUES, 128],
    [WALK_RANGES, 256],
  ] as const;
  for (const [field, size] of columns) set(field, memory.allocate(`column ${field}`, size).offset);
  set(WALK_SOURCE, source);
  set(WALK_SOURCE_BYTES, bytes.length);
  set(WALK_SCRATCH_BYTES, scratch);
  set(WALK_ROWS_MAX, rows);
  set(WALK_SAMPLES_MAX, samples);
  set(WALK_RANGES_MAX, ranges);
  set(WALK_FIELDS_MAX, fields);
  memory.views().u8.set(bytes, source);
  const code = calls.walkWriteRequest(frame);
  return readResult(memory.views(), frame, code);
}

function readResult(
  views: ReturnType<Kernels["memory"]["views"]>,
  frame: number,
  code: number,
): WalkedRequest {
  const { u8, u32, f64 } = views;
  const get = (field: number): number => u32[(frame + field) / 4]!;
  const cell = (field: number, index: number): number => u32[get(field) / 4 + index]!;
  const text = (at: number, count: number): string => u8.slice(at, at + count).toHex();
  const times = f64.slice(get(WALK_TIMES) / 8, get(WALK_TIMES) / 8 + get(WALK_SAMPLE_TOTAL));
  const bits = [...times.keys()].map(
    (i) => (BigInt(cell(WALK_VALUES, 2 * i + 1)) << 32n) | BigInt(cell(WALK_VALUES, 2 * i)),
  );
  return {
    code,
    faultOffset: get(WALK_FAULT_OFFSET),
    rows: Array.from({ length: get(WALK_ROW_TOTAL) }, (_, row) => {
      const [from, to] = [cell(WALK_SAMPLE_STARTS, row), cell(WALK_SAMPLE_STARTS, row + 1)];
      return {
        labels: text(cell(WALK_LABELS_OFFSET, row), cell(WALK_LABELS_BYTES, row)),
        times: [...times.slice(from, to)],
        bits: bits.slice(from, to),
      };
    }),
    ranges: Array.from({ length: get(WALK_RANGE_TOTAL) }, (_, i) => ({
      kind: cell(WALK_RANGES, 4 * i),
      row: cell(WALK_RANGES, 4 * i + 1),
      hex: text(cell(WALK_RANGES, 4 * i + 2), cell(WALK_RANGES, 4 * i + 3)),
    })),
  };
}
