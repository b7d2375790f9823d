/**
 * Walks a Prometheus remote write 1.0 WriteRequest into row and sample columns: the twin of
 * `wasm/write-request.ts`, one general path only. Works on the same frame in the same memory. The
 * value of a sample is copied as two words, so the payload of a NaN survives.
 */
import { identityFind, recordAt, recordHolds } from "./identity.ts";
import type { KernelViews } from "./kernel-memory.ts";
import {
  IDENTITY_COUNT,
  IDENTITY_HITS,
  IDENTITY_PREDICTED,
  IDENTITY_UNKNOWN,
  RECORD_LENGTH,
  RECORD_SUCCESSOR,
} from "./layout/identity-layout.ts";
import {
  PROTO_FIELD_TYPE,
  WALK_FIELDS_FULL,
  WALK_RANGES_FULL,
  WALK_ROWS_FULL,
  WALK_SAMPLES_FULL,
  WALK_SCRATCH_FULL,
} from "./layout/kernel-codes.ts";
import {
  PLAIN_LABEL_BYTES_MIN,
  RANGE_BYTES,
  RANGE_EXEMPLAR,
  RANGE_HISTOGRAM,
  RANGE_KIND,
  RANGE_LENGTH,
  RANGE_METADATA,
  RANGE_OFFSET,
  RANGE_ROW,
  SAMPLE_FIELDS_PLAIN,
  WALK_FAULT_OFFSET,
  WALK_FIELDS_MAX,
  WALK_FIELD_TOTAL,
  WALK_IDS,
  WALK_LABELS_BYTES,
  WALK_LABELS_OFFSET,
  WALK_MISSES_INLINE,
  WALK_MISS_RUN,
  WALK_NEXT_ID,
  WALK_PREDICTED,
  WALK_PREVIOUS_ID,
  WALK_PROBE_EVERY,
  WALK_RANGES,
  WALK_RANGES_MAX,
  WALK_RANGE_TOTAL,
  WALK_ROWS_MAX,
  WALK_ROW_TOTAL,
  WALK_SAMPLES_MAX,
  WALK_SAMPLE_STARTS,
  WALK_SAMPLE_TOTAL,
  WALK_SCOPE,
  WALK_SCRATCH,
  WALK_SCRATCH_BYTES,
  WALK_SCRATCH_USED,
  WALK_SOURCE,
  WALK_SOURCE_BYTES,
  WALK_TABLE,
  WALK_TIMES,
  WALK_UNPREDICTED_END,
  WALK_VALUES,
} from "./layout/walk-layout.ts";
import { ProtoField } from "./proto-field.ts";

/** Returns 0, or a negative code with `WALK_FAULT_OFFSET` at the tag of the offending field. */
export function walkWriteRequest(views: KernelViews, frame: number): number {
  return new Walk(views, frame).run();
}

class Walk {
  readonly #views: KernelViews;
  readonly #frame: number;
  readonly #table: number;
  readonly #field = new ProtoField();
  /** Label bytes of the row at hand: where they lie, how many, where a next one would join on. */
  #runStart = 0;
  #runBytes = 0;
  #runEnd = 0;

  constructor(views: KernelViews, frame: number) {
    this.#views = views;
    this.#frame = frame;
    this.#table = this.#get(WALK_TABLE);
  }

  run(): number {
    for (const result of RESULTS) this.#set(result, 0);
    this.#views.u32[this.#get(WALK_SAMPLE_STARTS) >>> 2] = 0;
    this.#set(WALK_NEXT_ID, this.#successor(this.#get(WALK_PREVIOUS_ID)));
    const source = this.#get(WALK_SOURCE);
    const end = source + this.#get(WALK_SOURCE_BYTES);
    let code = 0;
    for (let p = source; p < end && code === 0;) {
      const field = this.#field;
      code = this.#read(p, end);
      if (code !== 0) break;
      const next = field.end;
      if (field.number !== 1 && this.#isOneTooMany()) {
        code = this.#fault(WALK_FIELDS_FULL, p);
      } else if (field.number === 1 || field.number === 3) {
        if (field.wire !== 2) code = this.#fault(PROTO_FIELD_TYPE, p);
        else if (field.number === 1) code = this.#series(p, field.body, next);
        else code = this.#addRange(RANGE_METADATA, IDENTITY_UNKNOWN, p);
      }
      p = next;
    }
    if (this.#table !== 0) {
      this.#views.f64[(this.#table + IDENTITY_PREDICTED) >>> 3]! += this.#get(WALK_PREDICTED);
    }
    return code;
  }

  #series(tag: number, begin: number, end: number): number {
    const row = this.#get(WALK_ROW_TOTAL);
    if (row === this.#get(WALK_ROWS_MAX)) return this.#fault(WALK_ROWS_FULL, tag);
    this.#runStart = begin;
    this.#runBytes = 0;
    this.#runEnd = begin;
    const predictedEnd = begin + this.#predictedBytes(begin, end);
    for (let p = begin; p < end;) {
      let code = this.#read(p, end);
      if (code !== 0) return code;
      const { number, wire, body, end: next } = this.#field;
      if (number <= 4 && wire !== 2) return this.#fault(PROTO_FIELD_TYPE, p);
      const isOdd = number > 4 || (number === 1 && p >= predictedEnd && !this.#isPlainLabel(p));
      if (isOdd && this.#isOneTooMany()) return this.#fault(WALK_FIELDS_FULL, p);
      if (number <= 4) {
        if (number === 1) code = this.#addLabel(p, next);
        else if (number === 2) code = this.#addSample(p, body, next);
        else code = this.#addRange(number === 3 ? RANGE_EXEMPLAR : RANGE_HISTOGRAM, row, p);
        if (code !== 0) return code;
      }
      p = next;
    }
    this.#closeRow(row);
    return 0;
  }

  /** Extends the row's run of label bytes by the field `[p, next)`, compacting where it must. */
  #addLabel(p: number, next: number): number {
    const length = next - p;
    if (this.#runBytes === 0 || this.#runEnd === p) {
      if (this.#runBytes === 0) this.#runStart = p;
      this.#runEnd = next;
    } else {
      const { u8 } = this.#views;
      const isMoved = this.#runEnd === 0;
      const used = this.#get(WALK_SCRATCH_USED);
      const need = isMoved ? length : this.#runBytes + length;
      if (used + need > this.#get(WALK_SCRATCH_BYTES)) return this.#fault(WALK_SCRATCH_FULL, p);
      const at = this.#get(WALK_SCRATCH) + used;
      if (!isMoved) {
        u8.copyWithin(at, this.#runStart, this.#runStart + this.#runBytes);
        this.#runStart = at;
        this.#runEnd = 0;
      }
      u8.copyWithin(at + need - length, p, next);
      this.#set(WALK_SCRATCH_USED, used + need);
    }
    this.#runBytes += length;
    return 0;
  }

  #addSample(tag: number, body: number, end: number): number {
    const sample = this.#get(WALK_SAMPLE_TOTAL);
    if (sample === this.#get(WALK_SAMPLES_MAX)) return this.#fault(WALK_SAMPLES_FULL, tag);
    const { u8, u32, f64 } = this.#views;
    const field = this.#field;
    const value = (this.#get(WALK_VALUES) >>> 2) + 2 * sample;
    let time = 0;
    u32[value] = 0;
    u32[value + 1] = 0;
    let plainLeft = SAMPLE_FIELDS_PLAIN;
    for (let p = body; p < end; p = field.end) {
      const code = this.#read(p, end);
      if (code !== 0) return code;
      if (plainLeft-- <= 0 && this.#isOneTooMany()) return this.#fault(WALK_FIELDS_FULL, p);
      if (field.number === 1) {
        if (field.wire !== 1) return this.#fault(PROTO_FIELD_TYPE, p);
        u32[value] = word(u8, field.body);
        u32[value + 1] = word(u8, field.body + 4);
      } else if (field.number === 2) {
        if (field.wire !== 0) return this.#fault(PROTO_FIELD_TYPE, p);
        time = field.signed();
      }
    }
    f64[(this.#get(WALK_TIMES) >>> 3) + sample] = time;
    this.#set(WALK_SAMPLE_TOTAL, sample + 1);
    return 0;
  }

  /** Notes the payload of the field just read. */
  #addRange(kind: number, row: number, tag: number): number {
    const total = this.#get(WALK_RANGE_TOTAL);
    if (total === this.#get(WALK_RANGES_MAX)) return this.#fault(WALK_RANGES_FULL, tag);
    const range = this.#get(WALK_RANGES) + total * RANGE_BYTES;
    const { u32 } = this.#views;
    u32[(range + RANGE_KIND) >>> 2] = kind;
    u32[(range + RANGE_ROW) >>> 2] = row;
    u32[(range + RANGE_OFFSET) >>> 2] = this.#field.body;
    u32[(range + RANGE_LENGTH) >>> 2] = this.#field.end - this.#field.body;
    this.#set(WALK_RANGE_TOTAL, total + 1);
    return 0;
  }

  #closeRow(row: number): void {
    const { u32 } = this.#views;
    u32[(this.#get(WALK_LABELS_OFFSET) >>> 2) + row] = this.#runStart;
    u32[(this.#get(WALK_LABELS_BYTES) >>> 2) + row] = this.#runBytes;
    u32[(this.#get(WALK_SAMPLE_STARTS) >>> 2) + row + 1] = this.#get(WALK_SAMPLE_TOTAL);
    u32[(this.#get(WALK_IDS) >>> 2) + row] =
      this.#table === 0 ? IDENTITY_UNKNOWN : this.#identify();
    this.#set(WALK_ROW_TOTAL, row + 1);
  }

  /** The row's id when it was predicted or is looked up here, and what to expect next. */
  #identify(): number {
    const { f64 } = this.#views;
    const scope = this.#get(WALK_SCOPE);
    const next = this.#get(WALK_NEXT_ID);
    let id = IDENTITY_UNKNOWN;
    if (next !== IDENTITY_UNKNOWN && this.#holds(next, scope)) {
      id = next;
      this.#set(WALK_PREDICTED, this.#get(WALK_PREDICTED) + 1);
      this.#set(WALK_MISS_RUN, 0);
    } else {
      this.#set(WALK_UNPREDICTED_END, this.#get(WALK_ROW_TOTAL) + 1);
      const misses = this.#get(WALK_MISS_RUN) + 1;
      this.#set(WALK_MISS_RUN, misses);
      if (misses <= WALK_MISSES_INLINE || misses % WALK_PROBE_EVERY === 0) {
        id = identityFind(this.#views, this.#table, scope, this.#runStart, this.#runBytes);
        if (id !== IDENTITY_UNKNOWN) f64[(this.#table + IDENTITY_HITS) >>> 3]! += 1;
      }
    }
    this.#set(WALK_NEXT_ID, this.#successor(id));
    return id;
  }

  /** How many label bytes at `begin` are those of the series expected here; they need no look. */
  #predictedBytes(begin: number, end: number): number {
    const { u32 } = this.#views;
    const next = this.#get(WALK_NEXT_ID);
    if (next === IDENTITY_UNKNOWN) return 0;
    const record = recordAt(u32, this.#table, next);
    const bytes = u32[(record + RECORD_LENGTH) >>> 2]!;
    if (bytes > end - begin) return 0;
    return recordHolds(this.#views, record, this.#get(WALK_SCOPE), begin, bytes) ? bytes : 0;
  }

  #isPlainLabel(p: number): boolean {
    const { u8 } = this.#views;
    const length = u8[p + 1]!;
    return u8[p] === LABEL_TAG && length >= PLAIN_LABEL_BYTES_MIN && length < 128;
  }

  /** Counts an odd field; true when it is one more than is read. */
  #isOneTooMany(): boolean {
    const total = this.#get(WALK_FIELD_TOTAL);
    if (total === this.#get(WALK_FIELDS_MAX)) return true;
    this.#set(WALK_FIELD_TOTAL, total + 1);
    return false;
  }

  #holds(id: number, scope: number): boolean {
    const record = recordAt(this.#views.u32, this.#table, id);
    return recordHolds(this.#views, record, scope, this.#runStart, this.#runBytes);
  }

  #successor(id: number): number {
    const { u32 } = this.#views;
    if (this.#table === 0 || id >= u32[(this.#table + IDENTITY_COUNT) >>> 2]!) {
      return IDENTITY_UNKNOWN;
    }
    return u32[(recordAt(u32, this.#table, id) + RECORD_SUCCESSOR) >>> 2]!;
  }

  #read(p: number, end: number): number {
    const code = this.#field.read(this.#views.u8, p, end);
    return code === 0 ? 0 : this.#fault(code, p);
  }

  #fault(code: number, p: number): number {
    this.#set(WALK_FAULT_OFFSET, p - this.#get(WALK_SOURCE));
    return code;
  }

  #get(field: number): number {
    return this.#views.u32[(this.#frame + field) >>> 2]!;
  }

  #set(field: number, value: number): void {
    this.#views.u32[(this.#frame + field) >>> 2] = value;
  }
}

/** Field 1, length-delimited, as encoders write it. */
const LABEL_TAG = 0x0a;

/** Fields of the frame that start at 0. */
const RESULTS: readonly number[] = [
  WALK_ROW_TOTAL,
  WALK_SAMPLE_TOTAL,
  WALK_RANGE_TOTAL,
  WALK_SCRATCH_USED,
  WALK_PREDICTED,
  WALK_FAULT_OFFSET,
  WALK_MISS_RUN,
  WALK_FIELD_TOTAL,
  WALK_UNPREDICTED_END,
];

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}
