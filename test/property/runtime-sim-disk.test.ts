import fc from "fast-check";
import { expect, test } from "vitest";
import { isErrorOf } from "#base/engine-error.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { allows } from "#test/sim/disk-allows.ts";
import { enumerateCrashStates } from "#test/sim/disk-crash-states.ts";
import { crash } from "#test/sim/disk-crash.ts";
import type { Noise } from "#test/sim/disk-file-model.ts";
import { DiskModel, type DiskSnapshot } from "#test/sim/disk-model.ts";
import { applyToModel, type DiskTraceOp } from "#test/sim/disk-trace.ts";

const path = fc.constantFrom("a", "b", "d/a", "d/b");
const step: fc.Arbitrary<DiskTraceOp> = fc.oneof(
  fc.record({ op: fc.constantFrom("create" as const, "datasync" as const), path }),
  fc.record({ op: fc.constant("unlink" as const), path }),
  fc.record({ op: fc.constant("mkdir" as const), path: fc.constant("d") }),
  fc.record({ op: fc.constant("sync-dir" as const), path: fc.constantFrom("", "d") }),
  fc.record({
    op: fc.constant("write" as const),
    path,
    offset: fc.nat(1500),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 1200 }),
  }),
  fc.record({ op: fc.constant("truncate" as const), path, size: fc.nat(2000) }),
  fc.record({ op: fc.constant("rename" as const), path, to: path }),
);
const noise = fc.constantFrom<Noise>("none", "beyond-end", "anywhere");
const trace = fc.array(step, { maxLength: 12 });

/** Applies a step, letting the disk refuse what makes no sense; returns whether it was done. */
function tryApply(model: DiskModel, action: DiskTraceOp): boolean {
  try {
    applyToModel(model, action);
    return true;
  } catch (error) {
    const expected = [runtimeErrors.diskExists, runtimeErrors.diskNotFound];
    if (!expected.some((kind) => isErrorOf(error, kind))) throw error;
    return false;
  }
}

/** The dumb twin: path -> bytes, no crash, no folders but the set of their names. */
function applyDumb(files: Map<string, Uint8Array>, action: DiskTraceOp): void {
  if (action.op === "create") files.set(action.path, new Uint8Array(0));
  if (action.op === "unlink") files.delete(action.path);
  if (action.op === "write") {
    const old = files.get(action.path)!;
    const size = Math.max(old.length, action.offset + action.bytes.length);
    const grown = new Uint8Array(size);
    grown.set(old);
    grown.set(action.bytes, action.offset);
    files.set(action.path, grown);
  }
  if (action.op === "truncate") {
    const cut = new Uint8Array(action.size);
    cut.set(files.get(action.path)!.subarray(0, action.size));
    files.set(action.path, cut);
  }
  if (action.op === "rename" && action.path !== action.to) {
    files.set(action.to, files.get(action.path)!);
    files.delete(action.path);
  }
}

const filesOf = (snapshot: DiskSnapshot): Map<string, Uint8Array | null> =>
  new Map([...snapshot].filter(([, bytes]) => bytes !== null));

test("while nothing crashes the disk is a map of bytes", () => {
  fc.assert(
    fc.property(trace, (steps) => {
      const model = new DiskModel();
      const dumb = new Map<string, Uint8Array>();
      for (const action of steps) if (tryApply(model, action)) applyDumb(dumb, action);
      expect(filesOf(model.liveSnapshot())).toEqual(
        new Map([...dumb].sort(([a], [b]) => (a < b ? -1 : 1))),
      );
    }),
  );
});

test("every crash state is one that the model allows", () => {
  fc.assert(
    fc.property(trace, fc.nat(), noise, (steps, seed, level) => {
      const model = new DiskModel();
      for (const action of steps) tryApply(model, action);
      const random = new SeededRandom(seed);
      for (let round = 0; round < 5; round++) {
        const options = { noise: level };
        expect(allows(model, crash(model, random, options), options)).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});

test("a crash right after syncing everything changes nothing", () => {
  fc.assert(
    fc.property(trace, fc.nat(), (steps, seed) => {
      const model = new DiskModel();
      for (const action of steps) tryApply(model, action);
      const before = model.liveSnapshot();
      for (const file of filesOf(before).keys()) tryApply(model, { op: "datasync", path: file });
      tryApply(model, { op: "sync-dir", path: "" });
      tryApply(model, { op: "sync-dir", path: "d" });
      expect(crash(model, new SeededRandom(seed))).toEqual(before);
      expect([...enumerateCrashStates(model, 10)]).toEqual([before]);
    }),
    { numRuns: 200 },
  );
});

test("synced bytes survive whatever is written elsewhere afterwards", () => {
  const later = fc.record({ offset: fc.integer({ min: 700, max: 3000 }), size: fc.nat(900) });
  fc.assert(
    fc.property(fc.array(later, { maxLength: 8 }), fc.nat(), (writes, seed) => {
      const model = new DiskModel();
      const file = model.create("log");
      const synced = new Uint8Array(700).map((_, at) => (at % 251) + 1);
      file.write(synced, 0);
      file.syncTo(file.mark());
      model.syncDir("");
      for (const { offset, size } of writes) file.write(new Uint8Array(size).fill(255), offset);
      const after = crash(model, new SeededRandom(seed)).get("log")!;
      expect(after.subarray(0, 700)).toEqual(synced);
    }),
  );
});

test("enumerated states are allowed and hold the two ends", () => {
  fc.assert(
    fc.property(trace, (steps) => {
      const model = new DiskModel();
      for (const action of steps) tryApply(model, action);
      const keys = new Set<string>();
      for (const state of enumerateCrashStates(model, 60)) {
        expect(allows(model, state, { noise: "beyond-end" })).toBe(true);
        keys.add(keyOf(state));
      }
      expect(keys.size).toBeGreaterThan(0);
      expect(keys.has(keyOf(model.liveSnapshot()))).toBe(true);
    }),
    { numRuns: 60 },
  );
});

function keyOf(snapshot: DiskSnapshot): string {
  const parts = [...snapshot].map(([name, bytes]) => `${name}=${bytes?.toHex() ?? ""}`);
  return parts.sort().join(";");
}
