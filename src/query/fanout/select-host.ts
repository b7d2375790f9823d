/**
 * Serves selections over the shards of one worker. Cursors live here between two pulls; their read
 * views pin what they read, so `close` (or the end of the link) must reach every one of them.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import type { MessageLink } from "#runtime/worker/message-link.ts";
import { WithTransfer, WorkerHost } from "#runtime/worker/worker-host.ts";
import type { SeriesSlice, ShardSelect, SliceCursor } from "#storage/read-view.ts";
import { SLICE_BYTES_MAX } from "#storage/read-view.ts";
import { OVERLOADED } from "#storage/storage-errors.ts";
import type { SelectContract, SlicesAnswer } from "./select-contract.ts";
import { disposeShardView } from "./shard-view.ts";
import type { ShardView } from "./shard-view.ts";

/** Open selections per link; a query worker opens one per selector, and closes all of them. */
const CURSORS_MAX = 1024;

interface OpenSelection {
  readonly request: ShardSelect;
  readonly views: ShardView[];
  /** The cursor of the first view, once it is opened. */
  cursor: SliceCursor | null;
}

/** `views` gives a fresh view of every open shard of this worker. */
export function serveSelections(link: MessageLink, views: () => ShardView[]): void {
  const open = new Map<number, OpenSelection>();
  const host = new WorkerHost<SelectContract>(link, {
    open: ({ cursor, request }) => {
      assert(!open.has(cursor), () => `select: cursor ${cursor} is open`);
      if (open.size >= CURSORS_MAX) {
        throw new EngineError(OVERLOADED, `cannot select: ${open.size} selections are open`);
      }
      open.set(cursor, { request, views: views(), cursor: null });
      return pull(cursor);
    },
    next: ({ cursor }) => pull(cursor),
  });
  host.onNotice("close", ({ cursor }) => close(cursor));
  link.onClosed(() => {
    for (const cursor of [...open.keys()]) close(cursor);
  });

  function pull(id: number): WithTransfer<SlicesAnswer> {
    const selection = open.get(id);
    // Closed by the puller while its call was under way, or read to the end.
    if (selection === undefined) return new WithTransfer({ slices: [], done: true }, []);
    const slices: SeriesSlice[] = [];
    let bytes = 0;
    // Small shards share an answer, up to one slice's worth of work.
    while (bytes < SLICE_BYTES_MAX) {
      const slice = nextSlice(selection);
      if (slice === null) {
        close(id);
        return answer(slices, true);
      }
      slices.push(slice);
      bytes += sliceBytes(slice);
    }
    return answer(slices, false);
  }

  function close(id: number): void {
    const selection = open.get(id);
    if (selection === undefined) return;
    open.delete(id);
    selection.cursor?.close();
    for (const view of selection.views) disposeShardView(view);
  }
}

function nextSlice(selection: OpenSelection): SeriesSlice | null {
  for (;;) {
    const first = selection.views[0];
    if (first === undefined) return null;
    selection.cursor ??= first.view.select(selection.request);
    const slice = selection.cursor.next();
    if (slice !== null) return slice;
    selection.cursor.close();
    selection.cursor = null;
    disposeShardView(first);
    selection.views.shift();
  }
}

function answer(slices: readonly SeriesSlice[], done: boolean): WithTransfer<SlicesAnswer> {
  const buffers = new Set<ArrayBuffer>();
  for (const slice of slices) {
    for (const column of columns(slice)) buffers.add(column.buffer as ArrayBuffer);
  }
  return new WithTransfer({ slices, done }, [...buffers]);
}

function columns(slice: SeriesSlice): readonly (Uint32Array | Uint8Array | Float64Array)[] {
  return [slice.labelStart, slice.labelBytes, slice.sampleStart, slice.timestamps, slice.values];
}

function sliceBytes(slice: SeriesSlice): number {
  let bytes = 0;
  for (const column of columns(slice)) bytes += column.byteLength;
  return bytes;
}
