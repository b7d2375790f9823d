/**
 * The raw identity table by example, in both kernels.
 * Covers: src/kernels/identity.ts, src/kernels/label-pieces.ts, src/kernels/split-chains.ts
 */
import { xxh64Into } from "#base/hash/xxh64.ts";
import type { Kernels } from "#kernels/kernel-calls.ts";
import {
  IDENTITY_ARENA_NEXT,
  IDENTITY_COUNT,
  IDENTITY_HEADS,
  IDENTITY_HEADS_MAX,
  IDENTITY_HEAD_COUNT,
  IDENTITY_HITS,
  IDENTITY_MISSES,
  IDENTITY_PIECES,
  IDENTITY_RECORDS_END,
  IDENTITY_UNKNOWN,
  RECORD_BYTES,
  RECORD_HASH,
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
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    this.memory.views().u8.set(bytes, this.text);
    return bytes.length;
  }

  insert(text: string, scope: number = 0, since: number = 0): number {
    return this.calls.identityInsert(this.at, scope, this.text, this.put(text), since);
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

test("chains grow with the ids", () => {
  for (const table of tables()) {
    const count = 500;
    for (let i = 0; i < count; i++) expect(table.insert(`series ${i}`)).toBe(i);
    for (let i = 0; i < count; i++) expect(table.find(`series ${i}`)).toBe(i);
    const heads = table.u32(table.at + IDENTITY_HEAD_COUNT);
    expect(heads).toBe(Math.min(1000, table.u32(table.at + IDENTITY_HEADS_MAX)));
  }
});

test("a lookup spares the insert the records from before it", () => {
  for (const table of tables()) {
    for (let i = 0; i < 300; i++) expect(table.insert(`old ${i}`)).toBe(i);
    for (let i = 0; i < 300; i++)
      expect(table.insert(`new ${i % 100}`, 0, 300)).toBe(300 + (i % 100));
    // One that is older is not seen: whoever says so has looked for it.
    expect(table.insert("old 7", 0, 300)).toBe(400);
    expect(table.insert("old 7", 0, 7)).toBe(400);
    expect(table.find("old 8")).toBe(8);
  }
});

/** Label fields as sent. */
function labels(...pairs: readonly (readonly [string, string])[]): string {
  const field = (tag: number, text: string): string =>
    String.fromCharCode(tag, ...varint(text.length)) + text;
  return pairs.map(([name, value]) => field(0x0a, field(0x0a, name) + field(0x12, value))).join("");
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, value >> 7];
}

test("a label is stored once, however many series have it", () => {
  for (const table of tables()) {
    const seriesOf = (i: number): string =>
      labels(["__name__", "m"], ["instance", `10.0.0.${i}`], ["job", "node-exporter"]);
    const before = table.u32(table.at + IDENTITY_ARENA_NEXT);
    for (let i = 0; i < 100; i++) expect(table.insert(seriesOf(i))).toBe(i);
    expect(table.u32(table.at + IDENTITY_PIECES)).toBe(102);
    const used = table.u32(table.at + IDENTITY_ARENA_NEXT) - before;
    expect(used).toBeLessThan(100 * (3 * 4 + 12 + 28));
    for (let i = 0; i < 100; i++) expect(table.find(seriesOf(i))).toBe(i);
    expect(table.find(labels(["__name__", "m"], ["job", "node-exporter"]))).toBe(IDENTITY_UNKNOWN);
  }
});

test("bytes that are no labels, or end within one, are identities too", () => {
  const whole = labels(["a", "b"], ["c", "d"]);
  const texts = [
    whole,
    whole.slice(0, -1),
    `${whole}\n`,
    `x${whole}`,
    `${whole}x`,
    "\n",
    "\n\u0001",
  ];
  for (const table of tables()) {
    expect(texts.map((text) => table.insert(text))).toEqual(texts.map((_, i) => i));
    expect(texts.map((text) => table.find(text))).toEqual(texts.map((_, i) => i));
  }
});

test("pieces of every length are compared to their last byte", () => {
  for (const table of tables()) {
    for (let length = 0; length < 140; length += length < 60 ? 1 : 9) {
      const text = labels(["a", "x".repeat(length)], ["b", "y"]);
      const id = table.insert(text);
      expect(table.find(text)).toBe(id);
      for (let at = 0; at < text.length; at++) {
        const changed = `${text.slice(0, at)}~${text.slice(at + 1)}`;
        forgeHash(table, changed, id);
        expect(table.find(changed), `byte ${at} of ${text.length}`).toBe(IDENTITY_UNKNOWN);
      }
      table.calls.identityClear(table.at);
    }
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

test("many tiny labels end with the region", () => {
  for (const table of tables(32_768)) {
    let count = 0;
    while (table.insert(String(count)) !== IDENTITY_UNKNOWN) count++;
    expect(count).toBeGreaterThan(400);
    for (let i = 0; i < count; i++) expect(table.find(String(i))).toBe(i);
  }
});

/** Gives the only record of the table the hash that `text` has; the chain is the caller's luck. */
function forgeHash(table: Table, text: string, id: number): void {
  const length = table.put(text);
  const hash = new Uint32Array(2);
  const { u8, u32 } = table.memory.views();
  xxh64Into(hash, 0, u8, SEED_LOW, SEED_HIGH, table.text, table.text + length);
  const record = table.u32(table.at + IDENTITY_RECORDS_END) - (id + 1) * RECORD_BYTES;
  u32[(record + RECORD_HASH) / 4] = hash[0]!;
  // Every chain begins with it.
  const heads = table.u32(table.at + IDENTITY_HEADS) / 4;
  u32.fill(id + 1, heads, heads + table.u32(table.at + IDENTITY_HEAD_COUNT));
}

test("equal hashes do not make equal identities", () => {
  for (const table of tables()) {
    const id = table.insert("one series");
    forgeHash(table, "another series", id);
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
