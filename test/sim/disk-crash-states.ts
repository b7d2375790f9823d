/**
 * Crash states one by one, for tests of an update protocol at a given moment: which metadata
 * operations survive, times how each file's pending operations end. When the product is small it is
 * listed whole; beyond `limit` the corners come first (all or nothing, one axis moved at a time) and
 * then a fixed pseudo-random sample.
 */
import { assert } from "#base/assert.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { legalSubsets } from "./disk-allows.ts";
import { snapshotAfter } from "./disk-crash.ts";
import { type DiskFileModel, type OpFate, SECTOR_BYTES, sectorCountOf } from "./disk-file-model.ts";
import type { DiskModel, DiskSnapshot } from "./disk-model.ts";
import { foldersOf } from "./disk-tree-model.ts";
import { between } from "./sim-random.ts";

/** Torn positions tried inside one write: its first and last sectors and the middle. */
const TORN_POSITIONS_MAX = 5;
const SAMPLE_SEED = 1;
/** Stale bytes where a file grew (see `Noise`): neither zeros nor anything that was written. */
const NOISE: Uint8Array = new Uint8Array(SECTOR_BYTES).fill(0xa5);

export function* enumerateCrashStates(model: DiskModel, limit: number): Generator<DiskSnapshot> {
  const subsets = [...legalSubsets(model.tree.pending)];
  const files = pendingFilesOf(model);
  const choices = files.map(fateChoices);
  for (const picked of indexVectors([subsets.length, ...choices.map((c) => c.length)], limit)) {
    const fates = new Map(files.map((file, at) => [file, choices[at]![picked[at + 1]!]!]));
    yield snapshotAfter(model, subsets[picked[0]!]!, (file) => fates.get(file) ?? []);
  }
}

/** The files with pending operations, also those that only one side knows. */
function pendingFilesOf(model: DiskModel): DiskFileModel[] {
  const files = new Set<DiskFileModel>();
  for (const side of ["durable", "live"] as const) {
    for (const folder of foldersOf(model.tree.root, side)) {
      for (const node of [...folder.durable.values(), ...folder.live.values()]) {
        if (node.kind === "file" && node.file.pending.length > 0) files.add(node.file);
      }
    }
  }
  for (const { changes } of model.tree.pending) {
    for (const { node } of changes) {
      if (node?.kind === "file" && node.file.pending.length > 0) files.add(node.file);
    }
  }
  return [...files];
}

/** All kept first, all lost last; in between prefixes, single losses, torn, holed and noisy writes. */
function fateChoices(file: DiskFileModel): (readonly OpFate[])[] {
  const { pending } = file;
  const choices: (readonly OpFate[])[] = [];
  const allBut = (at: number, fate: OpFate): OpFate[] =>
    pending.map((_, index) => (index === at ? fate : { kind: "keep" }));
  const upTo = (count: number, last: OpFate | null): OpFate[] =>
    pending.map((_, index): OpFate => {
      if (index < count) return { kind: "keep" };
      return index === count && last !== null ? last : { kind: "drop" };
    });
  choices.push(upTo(pending.length, null));
  for (const [at, op] of pending.entries()) {
    choices.push(allBut(at, { kind: "drop" }));
    if (op.kind === "truncate") continue;
    choices.push(allBut(at, { kind: "holes", isLost: (sector) => sector === 0, grows: true }));
    choices.push(upTo(at, { kind: "holes", isLost: () => false, grows: false }));
    const noise = { kind: "noise", from: file.durable.size, bytes: NOISE } as const;
    choices.push(upTo(at, { ...noise, sector: sectorCountOf(op) - 1 }));
    for (const sectors of tornPositions(sectorCountOf(op))) {
      choices.push(upTo(at, { kind: "prefix", sectors }));
    }
  }
  for (let count = pending.length - 1; count >= 0; count--) choices.push(upTo(count, null));
  return choices;
}

function tornPositions(sectors: number): readonly number[] {
  const positions = new Set([1, 2, sectors >> 1, sectors - 2, sectors - 1]);
  assert(positions.size <= TORN_POSITIONS_MAX, "sim disk: too many torn positions");
  return [...positions].filter((position) => position > 0 && position < sectors);
}

/** Index vectors below `sizes`: all of them, or `limit` with the corners first. */
function* indexVectors(sizes: readonly number[], limit: number): Generator<readonly number[]> {
  const product = sizes.reduce((count, size) => count * size, 1);
  if (product <= limit) {
    for (let code = 0; code < product; code++) {
      let rest = code;
      yield sizes.map((size) => {
        const index = rest % size;
        rest = Math.floor(rest / size);
        return index;
      });
    }
    return;
  }
  let given = 0;
  for (const corner of [sizes.map(() => 0), sizes.map((size) => size - 1)]) {
    for (let axis = 0; axis < sizes.length; axis++) {
      for (let index = 0; index < sizes[axis]!; index++) {
        if (given++ >= limit) return;
        yield corner.map((at, other) => (other === axis ? index : at));
      }
    }
  }
  const random = new SeededRandom(SAMPLE_SEED);
  for (; given < limit; given++) yield sizes.map((size) => between(random, 0, size - 1));
}
