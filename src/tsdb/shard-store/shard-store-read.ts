/**
 * The read verb: a view pins what the head held when it was opened, released generations left out.
 * It costs nothing until series change beside it, and must be disposed.
 */
import { assert } from "#base/assert.ts";
import type { GenerationCursor } from "#storage/head-generation.ts";
import type { ReadView, ShardSelect, SliceCursor } from "#storage/read-view.ts";
import { unpinGenerations } from "../head/head-cut.ts";
import { HeadIndex } from "../head/head-index.ts";
import type { ViewPin } from "../head/view-history.ts";
import { selectRefs } from "../index/select-refs.ts";
import { HeadCursor } from "./head-cursor.ts";
import { IdentifiedCursor } from "./identified-cursor.ts";
import { LentCursor } from "./lent-cursor.ts";
import type { ShardParts } from "./shard-parts.ts";
import { SliceBuilder } from "./slice-builder.ts";

export function openReadView(parts: ShardParts): ReadView {
  return new HeadView(parts);
}

/** Of most shards, for most selections. */
const EMPTY: GenerationCursor = { next: () => null, close: () => {} };

class HeadView implements ReadView {
  readonly appliedSeq: number;
  readonly #parts: ShardParts;
  readonly #endRef: number;
  readonly #released: number;
  #pin: ViewPin | null;

  constructor(parts: ShardParts) {
    this.appliedSeq = parts.appliedSeq;
    this.#parts = parts;
    this.#endRef = parts.head.nextRef;
    this.#released = parts.head.generations.pin();
    this.#pin = parts.head.views.open();
  }

  select(request: ShardSelect): SliceCursor {
    return this.#open(request) ?? EMPTY;
  }

  selectIdentified(request: ShardSelect): GenerationCursor {
    const cursor = this.#open(request);
    return cursor === null ? EMPTY : new IdentifiedCursor(this.#parts.head, cursor);
  }

  lend(request: ShardSelect, before: GenerationCursor | null): GenerationCursor {
    const room = before instanceof LentCursor ? before.room : new SliceBuilder();
    const cursor = this.#open(request, room);
    return new LentCursor(this.#parts.head, cursor, room);
  }

  /** Null when no series is selected. */
  #open(request: ShardSelect, room: SliceBuilder | null = null): HeadCursor | null {
    const pin = this.#pin;
    assert(pin !== null, "read view: select after dispose");
    const { head } = this.#parts;
    const index = new HeadIndex(head, request.tenant);
    const refs = selectRefs(index, request.matchers, this.#endRef);
    if (refs.length === 0) return null;
    const visible = {
      after: this.#released,
      mark: pin.mark,
      countAt: (ref: number, now: number) => {
        assert(this.#pin !== null, "read view: cursor used after dispose");
        return head.views.countAt(pin, ref, now);
      },
    };
    return new HeadCursor(head, refs, request, visible, room);
  }

  [Symbol.dispose](): void {
    const pin = this.#pin;
    if (pin === null) return;
    this.#pin = null;
    this.#parts.head.views.close(pin);
    unpinGenerations(this.#parts.head, this.#released);
  }
}
