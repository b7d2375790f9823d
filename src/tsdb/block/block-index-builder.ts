/**
 * Gathers the index of a block while its series go by, and lays it out as sections at the end:
 * labels, postings, series (FORMAT.md). Memory follows the number of series and distinct labels,
 * never the samples.
 */
import { assert } from "#base/assert.ts";
import { ByteWriter } from "#base/bytes/byte-writer.ts";
import { textLengthAt, textLengthBytes } from "#model/canonical-labels.ts";
import { compareIdentities, type SeriesIdentity } from "./block-series.ts";
import { PairTable } from "./pair-table.ts";
import { encodePostings } from "./postings-codec.ts";
import { SECTION_BYTES_MAX, SectionWriter } from "./section-columns.ts";
import { WordList } from "./word-list.ts";

/** As many as a head holds; a merge of overlapping blocks stays below it for the same reason. */
export const BLOCK_SERIES_MAX: number = 2 ** 22;

/** The pair of empty texts that every series of a tenant carries: its list is "all series". */
const ALL_SERIES: Uint8Array = new Uint8Array(2);

export interface IndexSections {
  readonly labels: Uint8Array<ArrayBuffer>;
  readonly postings: Uint8Array<ArrayBuffer>;
  readonly series: Uint8Array<ArrayBuffer>;
}

export class BlockIndexBuilder {
  readonly #pairs = new PairTable();
  readonly #fingerprints = new WordList();
  /** Low, high of each distinct placement, and its first series. */
  readonly #placements = new WordList();
  readonly #placementStart = new WordList();
  /** Pair numbers in order of arrival, and where those of each series start. */
  readonly #seriesPairs = new WordList();
  readonly #seriesStart = new WordList();
  #last: SeriesIdentity | null = null;

  get seriesCount(): number {
    return this.#seriesStart.length;
  }

  /** Number of the series in the block. */
  add(series: SeriesIdentity): number {
    const number = this.seriesCount;
    assert(number < BLOCK_SERIES_MAX, () => `block: more than ${BLOCK_SERIES_MAX} series`);
    const last = this.#last;
    assert(
      last === null || compareIdentities(last, series) < 0,
      () => `block: series ${number} is not behind the one before it`,
    );
    const { tenant, labels, placementLow, placementHigh } = series;
    if (last?.placementLow !== placementLow || last.placementHigh !== placementHigh) {
      this.#placements.push(placementLow);
      this.#placements.push(placementHigh);
      this.#placementStart.push(number);
    }
    this.#last = { ...series, labels: labels.slice() };
    this.#fingerprints.push(series.fingerprintLow);
    this.#fingerprints.push(series.fingerprintHigh);
    this.#seriesStart.push(this.#seriesPairs.length);
    this.#seriesPairs.push(this.#pairs.intern(tenant, ALL_SERIES, 0, 2));
    for (let at = 0; at < labels.length;) {
      const end = afterText(labels, afterText(labels, at));
      this.#seriesPairs.push(this.#pairs.intern(tenant, labels, at, end));
      at = end;
    }
    return number;
  }

  /** Upper words of the lowest and the highest placement. */
  placementRange(): readonly [min: number, max: number] {
    const { length } = this.#placements;
    return length === 0 ? [0, 0] : [this.#placements.at(1), this.#placements.at(length - 1)];
  }

  finish(): IndexSections {
    const order = this.#pairs.order();
    const rank = new Uint32Array(order.length);
    for (let i = 0; i < order.length; i++) rank[order[i]!] = i;
    return {
      labels: this.#labels(order),
      postings: this.#postings(rank),
      series: this.#series(rank),
    };
  }

  #labels(order: Uint32Array): Uint8Array<ArrayBuffer> {
    const { bytes, start, nameBytes, tenants } = this.#pairs;
    const texts = new ByteWriter({ bytesMax: SECTION_BYTES_MAX });
    const tenantList = new WordList();
    const tenantNames = new WordList();
    const nameText = new WordList();
    const namePairs = new WordList();
    const valueText = new WordList();
    let last = -1;
    for (let i = 0; i < order.length; i++) {
      const pair = order[i]!;
      const isNewTenant = last < 0 || tenants[pair] !== tenants[last];
      if (isNewTenant) {
        tenantList.push(tenants[pair]!);
        tenantNames.push(nameText.length);
      }
      const nameEnd = start[pair]! + nameBytes[pair]!;
      if (isNewTenant || !this.#sameName(last, pair)) {
        namePairs.push(i);
        nameText.push(texts.length);
        texts.bytes(bytes.subarray(start[pair], nameEnd));
      }
      valueText.push(texts.length);
      texts.bytes(bytes.subarray(nameEnd, start[pair + 1]));
      last = pair;
    }
    tenantNames.push(nameText.length);
    namePairs.push(order.length);
    const section = new SectionWriter();
    section.u32(tenantList.length, nameText.length, order.length, texts.length);
    section.column(tenantList.words());
    section.column(tenantNames.words());
    section.column(nameText.words());
    section.column(namePairs.words());
    section.column(valueText.words());
    section.column(texts.written());
    return section.written();
  }

  #sameName(a: number, b: number): boolean {
    const { bytes, start, nameBytes } = this.#pairs;
    const length = nameBytes[a]!;
    if (nameBytes[b] !== length) return false;
    for (let i = 0; i < length; i++) {
      if (bytes[start[a]! + i] !== bytes[start[b]! + i]) return false;
    }
    return true;
  }

  #postings(rank: Uint32Array): Uint8Array<ArrayBuffer> {
    const pairs = this.#seriesPairs.words();
    // Dealt by pair in the order of series, each list is ascending by itself.
    const listStart = new Uint32Array(rank.length + 1);
    for (let i = 0; i < pairs.length; i++) listStart[rank[pairs[i]!]! + 1]!++;
    for (let i = 0; i < rank.length; i++) listStart[i + 1]! += listStart[i]!;
    const next = listStart.slice(0, rank.length);
    const lists = new Uint32Array(pairs.length);
    for (let series = 0; series < this.seriesCount; series++) {
      const end = this.#pairsEnd(series);
      for (let i = this.#seriesStart.at(series); i < end; i++) {
        lists[next[rank[pairs[i]!]!]!++] = series;
      }
    }
    const writer = new ByteWriter({ bytesMax: SECTION_BYTES_MAX });
    const byteStart = new Uint32Array(rank.length + 1);
    for (let pair = 0; pair < rank.length; pair++) {
      encodePostings(writer, lists.subarray(listStart[pair], listStart[pair + 1]));
      byteStart[pair + 1] = writer.length;
    }
    const section = new SectionWriter();
    section.u32(rank.length, writer.length);
    section.column(byteStart);
    section.column(writer.written());
    return section.written();
  }

  #series(rank: Uint32Array): Uint8Array<ArrayBuffer> {
    const pairs = this.#seriesPairs.words();
    const writer = new ByteWriter({ bytesMax: SECTION_BYTES_MAX });
    const byteStart = new Uint32Array(this.seriesCount + 1);
    for (let series = 0; series < this.seriesCount; series++) {
      const end = this.#pairsEnd(series);
      // Canonical labels come in the order of the block's pairs, so the numbers rise.
      let before = -1;
      for (let i = this.#seriesStart.at(series); i < end; i++) {
        const number = rank[pairs[i]!]!;
        writer.varint(number - before - 1);
        before = number;
      }
      byteStart[series + 1] = writer.length;
    }
    const section = new SectionWriter();
    section.u32(this.seriesCount, this.#placementStart.length, writer.length, 0);
    section.column(this.#placementStart.words());
    section.column(this.#placements.words());
    section.column(this.#fingerprints.words());
    section.column(byteStart);
    section.column(writer.written());
    return section.written();
  }

  #pairsEnd(series: number): number {
    const isLast = series + 1 === this.seriesCount;
    return isLast ? this.#seriesPairs.length : this.#seriesStart.at(series + 1);
  }
}

/** Offset behind the text whose length stands at `at`. */
function afterText(bytes: Uint8Array, at: number): number {
  const length = textLengthAt(bytes, at);
  return at + textLengthBytes(length) + length;
}
