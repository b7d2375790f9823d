/**
 * The one table of layers: it is the rule (`rules/layers.ts` checks every import against it), the
 * picture (`write-map.ts` prints it into README.md) and so the place to change when a folder is
 * added. A folder imports lower levels only; siblings of one level never import each other.
 */

export interface Layer {
  /** `L0`..`L6` for one process, `C0`..`C3` for code that knows another node exists. */
  readonly level: string;
  /** Folders (or single files), relative to the project root. */
  readonly folders: readonly string[];
  /** One line for the picture. */
  readonly note: string;
  /** Levels this one may import; absent: every lower level. */
  readonly sees?: readonly string[];
}

/** From the top down, as the picture shows it. */
export const LAYERS: readonly Layer[] = [
  {
    level: "C3",
    folders: ["cluster/main.ts", "cluster/roles"],
    note: "wiring; the only code that names concrete classes",
  },
  {
    level: "C2",
    folders: ["cluster/shard", "cluster/replication", "cluster/handoff", "cluster/fanout"],
    note: "distributed behaviour: pure step + thin driver",
    sees: ["C1", "C0", "L3", "L2", "L1", "L0"],
  },
  {
    level: "C1",
    folders: ["cluster/membership", "cluster/rpc"],
    note: "adapters to etcd and gRPC; handlers are injected",
    sees: ["C0", "L1", "L0"],
  },
  {
    level: "C0",
    folders: ["cluster/ring", "cluster/placement"],
    note: "pure",
    sees: ["L1", "L0"],
  },
  {
    level: "L6",
    folders: ["src/config", "src/http", "src/web", "src/cli"],
    note: "edges: translate, never decide",
  },
  {
    level: "L5",
    folders: ["src/query", "src/rules", "src/alerting", "src/collect"],
    note: "one feature per node role",
  },
  {
    level: "L4",
    folders: ["src/tsdb", "src/promql", "src/ingest", "src/stream-aggregation"],
    note: "engines, blind to each other",
  },
  {
    level: "L3",
    folders: ["src/storage"],
    note: "interfaces only: the highest level C2 may import",
  },
  { level: "L2", folders: ["src/chunk", "src/relabel"], note: "sample codecs; label rewriting" },
  {
    level: "L1",
    folders: ["src/model", "src/runtime", "src/kernels"],
    note: "vocabulary; ports, actors, workers; WASM",
  },
  { level: "L0", folders: ["src/base", "proto/gen"], note: "pure, imports nothing" },
];

export interface NamedEdge {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** Imports the levels would forbid, each with the reason it is allowed. */
export const EXCEPTIONS: readonly NamedEdge[] = [
  {
    from: "cluster/fanout",
    to: "src/promql/plan",
    reason: "aggregation is pushed down to the nodes that hold the data",
  },
  { from: "src/cli", to: "src/config", reason: "`gyre check` validates configuration files" },
];

export interface Gate {
  readonly folder: string;
  readonly importers: readonly string[];
  readonly reason: string;
}

/** Folders that only the named importers may see, whatever the levels say (tests and bench may). */
export const GATES: readonly Gate[] = [
  {
    folder: "src/tsdb",
    importers: ["cluster/main.ts", "cluster/roles", "src/cli"],
    reason: "everyone else receives the interfaces of src/storage",
  },
  {
    folder: "src/config",
    importers: ["cluster/main.ts", "cluster/roles", "src/cli"],
    reason: "a module receives its own options object",
  },
  {
    folder: "src/runtime/node",
    importers: ["cluster/main.ts", "cluster/roles", "src/cli", "src/http", "src/runtime/worker"],
    reason: "everyone else receives the ports of src/runtime/ports",
  },
];

export interface InnerOrder {
  readonly folder: string;
  /** Lowest first; entries are sub-folders or files of `folder`. Loose files come before all. */
  readonly steps: readonly (readonly string[])[];
}

/** Order inside a large folder: a step imports earlier steps only, entries of one step never. */
export const INNER_ORDERS: readonly InnerOrder[] = [
  {
    folder: "src/tsdb",
    steps: [
      ["exemplars", "metadata"],
      ["receiver", "wal", "index", "tombstone"],
      ["head", "block"],
      ["manifest", "series-log"],
      ["compaction", "downsampling", "flush", "retention", "snapshot"],
      ["shard-store"],
      ["select"],
      ["tsdb.ts"],
    ],
  },
];

/** Folders above all layers: they may import anything and nothing in a layer may import them. */
export const ABOVE_LAYERS: readonly string[] = ["test", "bench", "deploy"];

/** True when `path` is `folder` or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** The layer and the listed folder that own `path`, or null when no layer lists it. */
export function layerOf(path: string): { layer: Layer; folder: string } | null {
  for (const layer of LAYERS) {
    const folder = layer.folders.find((candidate) => isWithin(path, candidate));
    if (folder !== undefined) return { layer, folder };
  }
  return null;
}

/** Levels that `layer` may import, its own excluded. */
export function visibleLevels(layer: Layer): readonly string[] {
  if (layer.sees !== undefined) return layer.sees;
  return LAYERS.slice(LAYERS.indexOf(layer) + 1).map((lower) => lower.level);
}

const PICTURE_NOTE_COLUMN = 55;

/** The picture of the table, as README.md shows it. */
export function drawLayers(): string {
  const lines: string[] = [];
  for (const layer of LAYERS) {
    if (layer.level === "L6") {
      lines.push("==== src never imports above this line; every arrow points down ====");
    }
    const prefix = layer.level.startsWith("C") ? "cluster/" : "src/";
    const names = layer.folders.map((folder) =>
      folder.startsWith(prefix) ? folder.slice(prefix.length) : folder,
    );
    lines.push(`${layer.level}   ${names.join("   ")}`.padEnd(PICTURE_NOTE_COLUMN) + layer.note);
  }
  return lines.join("\n");
}
