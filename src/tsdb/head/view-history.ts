/**
 * Keeps open views of a head exact while samples go on arriving. Samples of a series in order of
 * time are stored as they arrive, so a view sees the first `n` of them, `n` being what the series
 * held when the view was opened. That is remembered only for series that change: the first write to
 * a series after the newest view leaves {ref, samples before} in a journal, which `record` hands
 * over. Samples aside carry the mark of the newest view instead.
 *
 * Invariant: the count of a series at a version is its first entry in that version or a later one,
 * else what it holds now.
 */
import { assert } from "#base/assert.ts";
import { U32_MAX } from "#model/refs.ts";

interface HeadVersion {
  /** Samples aside with lower marks were there when it was opened. */
  readonly mark: number;
  pins: number;
  /** Journal entries {ref, samples before}, block by block. */
  readonly blocks: Uint32Array[];
  /** The first `folded` blocks by ref; made when somebody asks, which most versions never see. */
  readonly counts: Map<number, number>;
  folded: number;
}

/** A pinned version; opaque to everyone else. */
export type ViewPin = HeadVersion;

export class ViewHistory {
  /** Oldest first. */
  readonly #versions: HeadVersion[] = [];
  #mark = 0;

  get isOpen(): boolean {
    return this.#versions.length > 0;
  }

  /**
   * Series carry this mark once they are in the newest version's journal, and samples aside that of
   * their arrival. Never 0 while open.
   */
  get mark(): number {
    return this.#mark;
  }

  get versionCount(): number {
    return this.#versions.length;
  }

  open(): ViewPin {
    const newest = this.#versions.at(-1);
    // Nothing was written since: the same version serves.
    if (newest !== undefined && newest.blocks.length === 0) {
      newest.pins++;
      return newest;
    }
    // 1,000 versions a second last seven weeks of unbroken writes; a restart begins anew.
    assert(this.#mark < U32_MAX, "head views: marks used up");
    this.#mark++;
    const version: HeadVersion = {
      mark: this.#mark,
      pins: 1,
      blocks: [],
      counts: new Map(),
      folded: 0,
    };
    this.#versions.push(version);
    return version;
  }

  close(pin: ViewPin): void {
    assert(pin.pins > 0, "head views: closed twice");
    pin.pins--;
    if (pin.pins > 0) return;
    const at = this.#versions.indexOf(pin);
    this.#versions.splice(at, 1);
    const older = this.#versions[at - 1];
    if (older === undefined) return;
    for (const block of pin.blocks) older.blocks.push(block);
  }

  /** Takes pairs {ref, samples before} written since the newest version was opened; copies them. */
  record(pairs: Uint32Array): void {
    const newest = this.#versions.at(-1);
    assert(newest !== undefined, "head views: journal without a view");
    if (pairs.length > 0) newest.blocks.push(pairs.slice());
  }

  /** Samples of the series that `pin` sees; `now` is what it holds at present. */
  countAt(pin: ViewPin, ref: number, now: number): number {
    for (let i = this.#versions.indexOf(pin); i < this.#versions.length; i++) {
      const count = countsOf(this.#versions[i]!).get(ref);
      if (count !== undefined) return count;
    }
    return now;
  }
}

function countsOf(version: HeadVersion): Map<number, number> {
  const { blocks, counts } = version;
  for (; version.folded < blocks.length; version.folded++) {
    const block = blocks[version.folded]!;
    for (let i = 0; i < block.length; i += 2) {
      // A version that took over the blocks of a closed one may know the series already.
      if (!counts.has(block[i]!)) counts.set(block[i]!, block[i + 1]!);
    }
  }
  return counts;
}
