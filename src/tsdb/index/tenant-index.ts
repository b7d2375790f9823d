/**
 * The inverted index of one tenant in one shard: name -> value -> refs of the series that carry it,
 * and the list of all its series. Most values of high-cardinality labels belong to one series, so a
 * lone ref is kept as a number.
 */
import type { Labels } from "#model/labels.ts";
import type { LabelIndex } from "./label-index.ts";
import { PostingList } from "./posting-list.ts";

type Postings = number | PostingList;

export class TenantIndex implements LabelIndex {
  readonly #names = new Map<string, Map<string, Postings>>();
  readonly #all = new PostingList();

  /** Refs come in ascending order. */
  add(ref: number, labels: Labels): void {
    this.#all.add(ref);
    for (let i = 0; i < labels.length; i += 2) {
      const name = labels[i]!;
      const value = labels[i + 1]!;
      let values = this.#names.get(name);
      if (values === undefined) {
        values = new Map();
        this.#names.set(name, values);
      }
      const postings = values.get(value);
      if (postings === undefined) {
        values.set(value, ref);
      } else if (typeof postings === "number") {
        const list = new PostingList();
        list.add(postings);
        list.add(ref);
        values.set(value, list);
      } else {
        postings.add(ref);
      }
    }
  }

  allRefs(): Uint32Array {
    return this.#all.refs();
  }

  /** Refs of the series with this label; empty when there is none. */
  refsOf(name: string, value: string): Uint32Array {
    const postings = this.#names.get(name)?.get(value);
    return postings === undefined ? NO_REFS : refsIn(postings);
  }

  /** Refs by value, for each value of `name` that passes; the lists of one name are disjoint. */
  refsWhere(name: string, test: (value: string) => boolean): Uint32Array[] {
    const lists: Uint32Array[] = [];
    for (const [value, postings] of this.#names.get(name) ?? []) {
      if (test(value)) lists.push(refsIn(postings));
    }
    return lists;
  }

  labelNames(): string[] {
    return [...this.#names.keys()];
  }

  labelValues(name: string): string[] {
    return [...(this.#names.get(name)?.keys() ?? [])];
  }
}

const NO_REFS = new Uint32Array(0);

function refsIn(postings: Postings): Uint32Array {
  return typeof postings === "number" ? Uint32Array.of(postings) : postings.refs();
}
