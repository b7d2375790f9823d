/**
 * Serves selections over the shards of one worker. They live here between two pulls; their views
 * pin what they read, so `close` (or the end of the link) must reach every one of them.
 */
import { assert, must } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import type { MessageLink } from "#runtime/worker/message-link.ts";
import { WithTransfer, WorkerHost } from "#runtime/worker/worker-host.ts";
import type { GenerationSlice } from "#storage/head-generation.ts";
import type { SeriesAdmin } from "#storage/series-admin.ts";
import { SLICE_BYTES_MAX } from "#storage/read-view.ts";
import { OVERLOADED } from "#storage/storage-errors.ts";
import { gatherItems, type ItemSource } from "./gather-items.ts";
import { LeafHost } from "./leaf-host.ts";
import type { LeafHostPorts } from "./leaf-host.ts";
import { OpenSelection } from "./open-selection.ts";
import type { BlockDamage, HeadPart, SelectContract, SlicesAnswer } from "./select-contract.ts";

/** Open selections per link; a query worker opens one per selector, and closes all of them. */
const CURSORS_MAX = 1024;

type Column = Uint32Array | Uint8Array | Float64Array;

export interface SelectHostPorts extends LeafHostPorts {
  /** The stores of the same shards, for what has no samples. */
  readonly stores: () => readonly ItemSource[];
  /** A reader met a block that it could not read. */
  readonly onDamaged: (damage: BlockDamage) => void;
  readonly admin: SeriesAdmin;
  readonly takeSnapshot: (name: string, withHeads: boolean) => Promise<void>;
}

export function serveSelections(link: MessageLink, ports: SelectHostPorts): void {
  const { views, stores, pause, onDamaged, admin } = ports;
  const open = new Map<number, OpenSelection>();
  const leaves = new LeafHost(ports);
  const host = new WorkerHost<SelectContract>(link, {
    open: ({ cursor, request }) => {
      assert(!open.has(cursor), () => `select: cursor ${cursor} is open`);
      if (open.size >= CURSORS_MAX) {
        throw new EngineError(OVERLOADED, `cannot select: ${open.size} selections are open`);
      }
      const { views: taken, failed } = views();
      const selection = new OpenSelection(request, taken);
      open.set(cursor, selection);
      const { result, transfer } = pull(cursor);
      return new WithTransfer({ ...result, merges: selection.merges, failed }, transfer);
    },
    next: ({ cursor }) => pull(cursor),
    openLeaf: (args) => leaves.open(args),
    nextLeaf: ({ cursor }) => leaves.pull(cursor),
    exemplars: (select) => gatherItems(stores(), (store) => store.exemplars(select), pause),
    metadata: (select) => gatherItems(stores(), (store) => store.metadata(select), pause),
    deleteSeries: (request) => admin.deleteSeries(request).then(nothing),
    cleanTombstones: () => admin.cleanTombstones().then(nothing),
    takeSnapshot: ({ name, withHeads }) => ports.takeSnapshot(name, withHeads).then(nothing),
    states: ({ cursor, shards }) => {
      const selection = must(open.get(cursor), `select: cursor ${cursor}`);
      return shards.map((shard) => must(selection.stateOf(shard), `select: blocks of ${shard}`));
    },
  });
  host.onNotice("close", ({ cursor }) => {
    close(cursor);
    leaves.close(cursor);
  });
  host.onNotice("damaged", onDamaged);
  link.onClosed(() => {
    for (const cursor of [...open.keys()]) close(cursor);
    leaves.closeAll();
  });

  function pull(id: number): WithTransfer<SlicesAnswer> {
    const selection = open.get(id);
    // Closed by the puller while its call was under way, or read to the end.
    if (selection === undefined) return answer([], true);
    const parts: HeadPart[] = [];
    let bytes = 0;
    // Small shards share an answer, up to one slice's worth of work.
    while (bytes < SLICE_BYTES_MAX) {
      const part = selection.nextPart();
      if (part === null) {
        if (selection.merges.length === 0) close(id);
        return answer(parts, true);
      }
      parts.push(part);
      bytes += bytesOf(columnsOf(part.slice));
    }
    return answer(parts, false);
  }

  function close(id: number): void {
    const selection = open.get(id);
    open.delete(id);
    selection?.close();
  }
}

function nothing(): null {
  return null;
}

function answer(parts: readonly HeadPart[], done: boolean): WithTransfer<SlicesAnswer> {
  const buffers = new Set<ArrayBuffer>();
  for (const { slice } of parts) {
    for (const column of columnsOf(slice)) buffers.add(column.buffer as ArrayBuffer);
  }
  return new WithTransfer({ parts, done }, [...buffers]);
}

function columnsOf(slice: GenerationSlice): readonly Column[] {
  const { labelStart, labelBytes, sampleStart, timestamps, values, histograms } = slice;
  const { tenants, fingerprints, placements } = slice;
  const samples = [labelStart, labelBytes, sampleStart, timestamps, values];
  const all = [...samples, tenants, fingerprints, placements];
  if (histograms === null) return all;
  return [...all, histograms.sampleIndex, histograms.start, histograms.bytes];
}

function bytesOf(columns: readonly Column[]): number {
  let bytes = 0;
  for (const column of columns) bytes += column.byteLength;
  return bytes;
}
