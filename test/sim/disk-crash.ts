/**
 * Power loss: deals every pending operation of a disk model a fate and returns what a mount would
 * find. Harsh on purpose: most of what was in flight is damaged or lost, across files in any
 * combination that `disk-allows.ts` calls possible.
 */
import type { Random } from "#runtime/ports/random.ts";
import {
  type DiskFileModel,
  type FileOp,
  type Noise,
  type OpFate,
  SECTOR_BYTES,
  sectorCountOf,
} from "./disk-file-model.ts";
import type { DiskModel, DiskSnapshot } from "./disk-model.ts";
import { mayKeep, pathsOf, type TreeOp } from "./disk-tree-model.ts";
import { between, chance, fillRandom, pick, pickWeighted } from "./sim-random.ts";

export interface CrashOptions {
  readonly noise: Noise;
}

/** Chooses which pending metadata operations and which fates; see `snapshotAfter`. */
export function crash(
  model: DiskModel,
  random: Random,
  options: CrashOptions = { noise: "anywhere" },
): DiskSnapshot {
  const kept = chooseTreeOps(model.tree.pending, random);
  return snapshotAfter(model, kept, (file) => chooseFates(file, random, options));
}

/** The state after a crash that keeps the metadata operations `kept` and deals `fates`. */
export function snapshotAfter(
  model: DiskModel,
  kept: ReadonlySet<TreeOp>,
  fatesOf: (file: DiskFileModel) => readonly OpFate[],
): DiskSnapshot {
  return withDurableTree(model, kept, () => {
    const snapshot = new Map<string, Uint8Array | null>();
    for (const [path, node] of pathsOf(model.tree.root, "durable")) {
      const bytes =
        node.kind === "file" ? node.file.imageAfter(fatesOf(node.file)).view().slice() : null;
      snapshot.set(path, bytes);
    }
    return snapshot;
  });
}

/** Runs `look` while the durable entries include the operations in `kept`, then takes them back. */
export function withDurableTree<T>(model: DiskModel, kept: ReadonlySet<TreeOp>, look: () => T): T {
  const touched = new Set(
    model.tree.pending.flatMap(({ changes }) => changes.map((c) => c.folder)),
  );
  const before = [...touched].map((folder) => ({ folder, entries: [...folder.durable] }));
  model.tree.keepOnly((op) => kept.has(op));
  try {
    return look();
  } finally {
    for (const { folder, entries } of before) {
      folder.durable.clear();
      for (const [name, node] of entries) folder.durable.set(name, node);
    }
  }
}

function chooseTreeOps(pending: readonly TreeOp[], random: Random): ReadonlySet<TreeOp> {
  const kept = new Set<TreeOp>();
  const dropped: TreeOp[] = [];
  // Sometimes a journal: a prefix in order. Else each operation by itself, at a drawn rate.
  const prefix = chance(random, 0.3) ? between(random, 0, pending.length) : -1;
  const rate = pick(random, [0.1, 0.5, 0.9]);
  for (const [index, op] of pending.entries()) {
    const wanted = prefix >= 0 ? index < prefix : chance(random, rate);
    if (wanted && mayKeep(op, dropped)) kept.add(op);
    else dropped.push(op);
  }
  return kept;
}

function chooseFates(
  file: DiskFileModel,
  random: Random,
  options: CrashOptions,
): readonly OpFate[] {
  const { pending } = file;
  // One file in four loses all, one keeps a prefix of operations in order, the rest is mixed.
  const style = pickWeighted(random, [1, 1, 2]);
  if (style === 0) return pending.map(() => ({ kind: "drop" }));
  const prefix = style === 1 ? between(random, 0, pending.length) : pending.length;
  return pending.map((op, index): OpFate => {
    if (style === 1 && index !== prefix) return { kind: index < prefix ? "keep" : "drop" };
    return chooseFate(op, file.durable.size, random, options);
  });
}

function chooseFate(
  op: FileOp,
  durableSize: number,
  random: Random,
  options: CrashOptions,
): OpFate {
  if (op.kind === "truncate") return { kind: chance(random, 0.5) ? "keep" : "drop" };
  const sectors = sectorCountOf(op);
  switch (pickWeighted(random, [3, 2, 3, 2, options.noise === "none" ? 0 : 2])) {
    case 0:
      return { kind: "drop" };
    case 1:
      return { kind: "keep" };
    case 2:
      return { kind: "prefix", sectors: between(random, 0, sectors - 1) };
    case 3: {
      const lost = Array.from({ length: sectors }, () => chance(random, 0.5));
      return { kind: "holes", isLost: (sector) => lost[sector]!, grows: chance(random, 0.5) };
    }
    default: {
      const bytes = new Uint8Array(SECTOR_BYTES);
      fillRandom(random, bytes);
      const from = options.noise === "anywhere" ? 0 : durableSize;
      return { kind: "noise", sector: between(random, 0, sectors - 1), from, bytes };
    }
  }
}
