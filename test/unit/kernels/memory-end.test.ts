/**
 * Input that ends at the last byte of the memory: a kernel that reads further, by a whole vector
 * say, traps here. Elsewhere such a read would go unnoticed.
 */
import { GYRE_MODULE_URL, instantiateKernels, kernelModule } from "#kernels/kernel-instance.ts";
import { PAGE_BYTES } from "#kernels/kernel-memory.ts";
import {
  WALK_FRAME_BYTES,
  WALK_IDS,
  WALK_LABELS_BYTES,
  WALK_LABELS_OFFSET,
  WALK_ROWS_MAX,
  WALK_SAMPLES_MAX,
  WALK_SAMPLE_STARTS,
  WALK_SAMPLE_TOTAL,
  WALK_SOURCE,
  WALK_SOURCE_BYTES,
  WALK_TABLE,
  WALK_TIMES,
  WALK_VALUES,
} from "#kernels/layout/walk-layout.ts";
import { loadKernels } from "#runtime/node/load-kernels.ts";
import { compressSync } from "snappy";
import { expect, test } from "vitest";

const module = kernelModule(loadKernels(GYRE_MODULE_URL));
const { calls, memory } = instantiateKernels(module, { pagesInitial: 3, pagesMax: 3 });
const TABLE_BYTES = 32_768;
const frame = memory.allocate("frame", WALK_FRAME_BYTES).offset;
const table = memory.allocate("table", TABLE_BYTES).offset;
const target = memory.allocate("target", 1024).offset;
const columns = memory.allocate("columns", 1024).offset;
const LENGTHS = Array.from({ length: 150 }, (_, i) => i);

/** Puts the bytes at the very end; returns where they start. */
function atEnd(bytes: Uint8Array): number {
  const source = 3 * PAGE_BYTES - bytes.length;
  memory.views().u8.set(bytes, source);
  return source;
}

test("hashes, UTF-8 and compares", () => {
  calls.identityInit(table, TABLE_BYTES, 1, 2);
  for (const length of LENGTHS) {
    const bytes = new Uint8Array(length).fill(0x61);
    const source = atEnd(bytes);
    calls.crc32c(source, length, 0);
    calls.xxh64Into(source, length, 0, 0, target);
    expect(calls.isUtf8(source, length)).toBe(true);
    const id = calls.identityInsert(table, 0, source, length, 0);
    expect(calls.identityFind(table, 0, source, length)).toBe(id);
  }
});

test("snappy blocks", () => {
  for (const length of LENGTHS) {
    const text = new Uint8Array(length).map((_, i) => 97 + (i % 7) * (i >> 5));
    const block = compressSync(Buffer.from(text));
    const source = atEnd(block);
    expect(calls.snappyDecode(source, block.length, target, length)).toBe(length);
  }
});

test("labels", () => {
  for (const length of LENGTHS.slice(0, 100)) {
    const value = new Uint8Array(length).fill(0x61);
    const field = Uint8Array.of(0x0a, length + 5, 0x0a, 1, 0x61, 0x12, length, ...value);
    const source = atEnd(field);
    expect(calls.walkLabels(source, field.length, columns, 4, target)).toBe(1);
  }
});

test("requests that end in a sample", () => {
  const sample = Uint8Array.fromHex("121009000000000000f03f1080d095ffbc31");
  const request = Uint8Array.of(0x0a, 26, ...Uint8Array.fromHex("0a060a0161120162"), ...sample);
  const { u32 } = memory.views();
  const set = (field: number, value: number): void => {
    u32[(frame + field) / 4] = value;
  };
  calls.identityInit(table, TABLE_BYTES, 1, 2);
  set(WALK_SOURCE, atEnd(request));
  set(WALK_SOURCE_BYTES, request.length);
  set(WALK_ROWS_MAX, 1);
  set(WALK_SAMPLES_MAX, 1);
  for (const [i, field] of [
    WALK_LABELS_OFFSET,
    WALK_LABELS_BYTES,
    WALK_SAMPLE_STARTS,
    WALK_IDS,
    WALK_TIMES,
    WALK_VALUES,
  ].entries()) {
    set(field, columns + 64 * i);
  }
  set(WALK_TABLE, table);
  expect(calls.walkWriteRequest(frame)).toBe(0);
  expect(u32[(frame + WALK_SAMPLE_TOTAL) / 4]).toBe(1);
});
