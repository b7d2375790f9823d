/** The raw identity table by example, in both kernels. */
import { xxh64Into } from "#base/hash/xxh64.ts";
import type { Kernels } from "#kernels/kernel-calls.ts";
import {
  IDENTITY_COUNT,
  IDENTITY_HITS,
  IDENTITY_MISSES,
  IDENTITY_RECORDS_END,
  IDENTITY_SLOTS,
  IDENTITY_SLOT_COUNT,
  IDENTITY_UNKNOWN,
  RECORD_BYTES,
  RECORD_SUCCESSOR,
} from "#kernels/layout/identity-layout.ts";
import { expect, test } from "vitest";
import { bothKernels } from "./both-kernels.ts";

const BYTES = 65_536;
const SEED_LOW = 17;
const SEED_HIGH = 4;

class Table {
  readonly calls: Kernels["calls"];
  readonly memory: Kernels["memory"];
  readonly at: number;
  readonly text: number;

  constructor(kernels: Kernels, bytes: number = BYTES) {
    this.calls = kernels.calls;
    this.memory = kernels.memory;
    this.at = kernels.memory.allocate("table", bytes).offset;
    this.text = kernels.memory.allocate("text", 4096).offset;
    expect(this.calls.identityInit(this.at, bytes, SEED_LOW, SEED_HIGH)).toBe(true);
  }

  put(text: string): number {
    const bytes = new TextEncoder().encode(text);
    this.memory.views().u8.set(bytes, this.text);
    return bytes.length;
  }

  insert(text: string, scope: number = 0): number {
    return this.calls.identityInsert(this.at, scope, this.text, this.put(text));
  }

  find(text: string, scope: number = 0): number {
    return this.calls.identityFind(this.at, scope, this.text, this.put(text));
  }

  u32(address: number): number {
    return this.memory.views().u32[address / 4]!;
  }
}

function tables(bytes: number = BYTES): Table[] {
  return bothKernels().map((kernels) => new Table(kernels, bytes));
}

test("ids are dense and stable", () => {
  for (const table of tables()) {
    expect(["a", "b", "", "a"].map((text) => table.insert(text))).toEqual([0, 1, 2, 0]);
    expect([table.find("b"), table.find("c")]).toEqual([1, IDENTITY_UNKNOWN]);
  }
});

test("the same bytes of another scope are another identity", () => {
  for (const table of tables()) {
    expect([table.insert("a", 0), table.insert("a", 1)]).toEqual([0, 1]);
    expect([table.find("a", 0), table.find("a", 1), table.find("a", 2)]).toEqual([
      0,
      1,
      IDENTITY_UNKNOWN,
    ]);
  }
});

test("slots grow with the ids", () => {
  for (const table of tables()) {
    const count = 500;
    for (let i = 0; i < count; i++) expect(table.insert(`series ${i}`)).toBe(i);
    for (let i = 0; i < count; i++) expect(table.find(`series ${i}`)).toBe(i);
    expect(table.u32(table.at + IDENTITY_SLOT_COUNT)).toBe(1024);
  }
});

test("a full region refuses new bytes, keeps the old, and is empty after clear", () => {
  for (const table of tables(32_768)) {
    let count = 0;
    while (table.insert(`series ${count} ${"x".repeat(100)}`) !== IDENTITY_UNKNOWN) count++;
    expect(count).toBeGreaterThan(100);
    expect(table.find(`series 7 ${"x".repeat(100)}`)).toBe(7);
    expect(table.insert(`series 7 ${"x".repeat(100)}`)).toBe(7);
    table.calls.identityClear(table.at);
    expect(table.find(`series 7 ${"x".repeat(100)}`)).toBe(IDENTITY_UNKNOWN);
    expect(table.insert("first")).toBe(0);
  }
});

test("many tiny labels end at the limit of the slots", () => {
  for (const table of tables(32_768)) {
    let count = 0;
    while (table.insert(String(count)) !== IDENTITY_UNKNOWN) count++;
    expect(count).toBe(256);
  }
});

/** Makes the slot where a lookup of `text` starts carry its tag, but the id of other bytes. */
function forgeSlot(table: Table, text: string, id: number): void {
  const length = table.put(text);
  const hash = new Uint32Array(2);
  const { u8, u32 } = table.memory.views();
  xxh64Into(hash, 0, u8, SEED_LOW, SEED_HIGH, table.text, table.text + length);
  const mask = table.u32(table.at + IDENTITY_SLOT_COUNT) - 1;
  const slot = table.u32(table.at + IDENTITY_SLOTS) + 8 * (hash[0]! & mask);
  u32[slot / 4] = hash[1]!;
  u32[slot / 4 + 1] = id + 1;
}

test("equal hash tags do not make equal identities", () => {
  for (const table of tables()) {
    const id = table.insert("one series");
    forgeSlot(table, "another series", id);
    expect(table.find("another series")).toBe(IDENTITY_UNKNOWN);
    const rows = table.memory.allocate("rows", 64).offset;
    const { u32 } = table.memory.views();
    const length = table.put("another series");
    u32.set([table.text, length, IDENTITY_UNKNOWN], rows / 4);
    const lookup = (): number =>
      table.calls.identityLookup(table.at, 0, rows, rows + 4, rows + 8, 1);
    expect(lookup()).toBe(1);
    expect(table.insert("another series")).toBe(1);
    expect(lookup()).toBe(0);
    expect(table.u32(rows + 8)).toBe(1);
  }
});

test("the lookup counts, and leaves known rows alone", () => {
  for (const table of tables()) {
    table.insert("a");
    const length = table.put("a");
    const rows = table.memory.allocate("rows", 3 * 256).offset;
    const { u32, f64 } = table.memory.views();
    const missing = table.text + 1;
    u32.set([table.text, table.text, missing, missing], rows / 4);
    u32.set([length, length, length, 0], (rows + 256) / 4);
    u32.set([IDENTITY_UNKNOWN, 77, IDENTITY_UNKNOWN, IDENTITY_UNKNOWN], (rows + 512) / 4);
    expect(table.calls.identityLookup(table.at, 0, rows, rows + 256, rows + 512, 4)).toBe(2);
    expect([...u32.subarray((rows + 512) / 4, (rows + 512) / 4 + 2)]).toEqual([0, 77]);
    expect(f64[(table.at + IDENTITY_HITS) / 8]).toBe(1);
    expect(f64[(table.at + IDENTITY_MISSES) / 8]).toBe(2);
  }
});

test("links skip unknown rows and ids of another epoch", () => {
  for (const table of tables()) {
    for (const text of ["a", "b", "c"]) table.insert(text);
    const ids = table.memory.allocate("ids", 64).offset;
    table.memory.views().u32.set([1, IDENTITY_UNKNOWN, 2, 99], ids / 4);
    const successor = (id: number): number =>
      table.u32(
        table.u32(table.at + IDENTITY_RECORDS_END) - (id + 1) * RECORD_BYTES + RECORD_SUCCESSOR,
      );
    expect(table.calls.identityLink(table.at, ids, 4, 0)).toBe(2);
    expect([0, 1, 2].map(successor)).toEqual([1, 2, IDENTITY_UNKNOWN]);
    expect(table.calls.identityLink(table.at, ids, 0, 1)).toBe(1);
    expect(table.calls.identityLink(table.at, ids, 0, 99)).toBe(IDENTITY_UNKNOWN);
    expect(table.u32(table.at + IDENTITY_COUNT)).toBe(3);
  }
});
