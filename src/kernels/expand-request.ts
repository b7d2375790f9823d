/**
 * Writes a remote write 2.0 request out as the 1.0 request that says the same: the twin of
 * `wasm/expand-request.ts`, on the same frame in the same memory.
 */
import { ExpandOutput, type Word64 } from "./expand-output.ts";
import type { KernelViews } from "./kernel-memory.ts";
import {
  EXPAND_EMPTY_TOTAL,
  EXPAND_FAULT_OFFSET,
  EXPAND_FIELDS_MAX,
  EXPAND_FIELD_TOTAL,
  EXPAND_SAMPLE_FIELDS_PLAIN,
  EXPAND_SOURCE,
  EXPAND_SOURCE_BYTES,
  EXPAND_SYMBOLS,
  EXPAND_SYMBOLS_MAX,
  EXPAND_SYMBOL_TOTAL,
  EXPAND_TARGET,
  EXPAND_TARGET_BYTES,
  EXPAND_WRITTEN,
  SYMBOL_BYTES,
  SYMBOL_HELP,
  SYMBOL_LENGTH,
  SYMBOL_OFFSET,
  SYMBOL_TYPE,
  SYMBOL_UNIT,
  TYPE_MAX,
} from "./layout/expand-layout.ts";
import {
  EXPAND_FULL,
  PROTO_FIELD_TYPE,
  SYMBOLS_FULL,
  SYMBOL_MISSING,
  SYMBOL_UNPAIRED,
  WALK_FIELDS_FULL,
} from "./layout/kernel-codes.ts";
import { ProtoField } from "./proto-field.ts";

const SYMBOLS = 4;
const SERIES = 5;
const SERIES_TAG = 0x0a;
const SAMPLE_TAG = 0x12;
const EXEMPLAR_TAG = 0x1a;
const HISTOGRAM_TAG = 0x22;
const NONE = -1;
const WORD = 0x1_0000_0000;
/** A packed reference longer than this is no reference to anything. */
const REFERENCE_BYTES_MAX = 5;

/** Returns 0, or a negative code with `EXPAND_FAULT_OFFSET` at the tag of the offending field. */
export function expandRequest(views: KernelViews, frame: number): number {
  return new Expansion(views, frame).run();
}

class Expansion {
  readonly #views: KernelViews;
  readonly #frame: number;
  readonly #symbols: number;
  readonly #output: ExpandOutput;
  readonly #field = new ProtoField();
  #symbolTotal = 0;
  /** A label name whose value has not come yet, and the symbol of the series' `__name__`. */
  #waiting = NONE;
  #metric = NONE;
  /** Metadata of the series at hand. */
  #type = 0;
  #help = 0;
  #unit = 0;

  constructor(views: KernelViews, frame: number) {
    this.#views = views;
    this.#frame = frame;
    this.#symbols = this.#get(EXPAND_SYMBOLS);
    const [target, bytes] = [this.#get(EXPAND_TARGET), this.#get(EXPAND_TARGET_BYTES)];
    this.#output = new ExpandOutput(views, this.#symbols, target, bytes);
  }

  run(): number {
    for (const result of RESULTS) this.#set(result, 0);
    const begin = this.#get(EXPAND_SOURCE);
    const end = begin + this.#get(EXPAND_SOURCE_BYTES);
    const field = this.#field;
    let code = this.#gatherSymbols(begin, end);
    for (let p = begin; p < end && code === 0;) {
      this.#read(p, end);
      const { number, body, end: next } = field;
      if (number === SERIES) code = this.#series(p, body, next);
      p = next;
    }
    if (code === 0) this.#set(EXPAND_WRITTEN, this.#output.at - this.#get(EXPAND_TARGET));
    return code;
  }

  #gatherSymbols(begin: number, end: number): number {
    const field = this.#field;
    const { u32 } = this.#views;
    let total = 0;
    for (let p = begin; p < end; p = field.end) {
      const code = this.#read(p, end);
      if (code !== 0) return code;
      if (field.number === SYMBOLS || field.number === SERIES) {
        if (field.wire !== 2) return this.#fault(PROTO_FIELD_TYPE, p);
      } else if (this.#isOneTooMany()) {
        return this.#fault(WALK_FIELDS_FULL, p);
      }
      if (field.number !== SYMBOLS) continue;
      if (total === this.#get(EXPAND_SYMBOLS_MAX)) return this.#fault(SYMBOLS_FULL, p);
      const symbol = this.#symbols + SYMBOL_BYTES * total++;
      u32[(symbol + SYMBOL_OFFSET) >>> 2] = field.body;
      u32[(symbol + SYMBOL_LENGTH) >>> 2] = field.end - field.body;
      u32[(symbol + SYMBOL_TYPE) >>> 2] = 0;
    }
    this.#symbolTotal = total;
    this.#set(EXPAND_SYMBOL_TOTAL, total);
    return 0;
  }

  #series(tag: number, begin: number, end: number): number {
    const output = this.#output;
    const start = output.at;
    if (!output.openMessage(SERIES_TAG)) return this.#fault(EXPAND_FULL, tag);
    this.#waiting = NONE;
    this.#metric = NONE;
    this.#type = 0;
    this.#help = 0;
    this.#unit = 0;
    let itemTotal = 0;
    for (let p = begin; p < end;) {
      let code = this.#read(p, end);
      if (code !== 0) return code;
      const { number, end: next } = this.#field;
      if (number >= 2 && number <= 4) itemTotal++;
      if (number !== 1 && number !== 2 && number !== 4 && this.#isOneTooMany()) {
        return this.#fault(WALK_FIELDS_FULL, p);
      }
      if (number === 1) code = this.#labels(p, true);
      else if (number === 2) code = this.#sample(p);
      else if (number === 3) code = this.#histogram(p);
      else if (number === 4) code = this.#exemplar(p);
      else if (number === 5) code = this.#readMetadata(p);
      if (code !== 0) return code;
      p = next;
    }
    if (this.#waiting !== NONE) return this.#fault(SYMBOL_UNPAIRED, tag);
    if (itemTotal === 0) {
      if (this.#isOneTooMany()) return this.#fault(WALK_FIELDS_FULL, tag);
      output.at = start;
      const isDescribed = (this.#type | this.#help | this.#unit) !== 0;
      if (this.#metric !== NONE && isDescribed) return this.#writeMetadata(tag);
      this.#set(EXPAND_EMPTY_TOTAL, this.#get(EXPAND_EMPTY_TOTAL) + 1);
      return 0;
    }
    if (!output.closeMessage(start)) return this.#fault(EXPAND_FULL, tag);
    return this.#writeMetadata(tag);
  }

  /** References of the field just read, one or a packed run of them, to labels. */
  #labels(tag: number, isSeries: boolean): number {
    const { wire, body, end, low, high } = this.#field;
    if (wire === 0) return this.#reference(tag, high * WORD + low, isSeries);
    if (wire !== 2) return this.#fault(PROTO_FIELD_TYPE, tag);
    const { u8 } = this.#views;
    for (let p = body; p < end;) {
      let reference = 0;
      let bytes = 0;
      for (let byte = 128; byte >= 128; bytes++) {
        if (p + bytes === end || bytes === REFERENCE_BYTES_MAX) {
          return this.#fault(SYMBOL_MISSING, tag);
        }
        byte = u8[p + bytes]!;
        reference += (byte & 127) * 2 ** (7 * bytes);
      }
      const code = this.#reference(tag, reference, isSeries);
      if (code !== 0) return code;
      p += bytes;
    }
    return 0;
  }

  #reference(tag: number, reference: number, isSeries: boolean): number {
    if (reference >= this.#symbolTotal) return this.#fault(SYMBOL_MISSING, tag);
    const name = this.#waiting;
    if (name === NONE) {
      this.#waiting = reference;
      return 0;
    }
    if (isSeries && this.#output.isMetricName(name)) this.#metric = reference;
    this.#waiting = NONE;
    return this.#output.putLabel(name, reference) ? 0 : this.#fault(EXPAND_FULL, tag);
  }

  #sample(tag: number): number {
    const field = this.#field;
    const { wire, body, end } = field;
    if (wire !== 2) return this.#fault(PROTO_FIELD_TYPE, tag);
    const value: Word64 = { low: 0, high: 0 };
    const time: Word64 = { low: 0, high: 0 };
    let plainLeft = EXPAND_SAMPLE_FIELDS_PLAIN;
    for (let p = body; p < end; p = field.end) {
      const code = this.#readInner(p, end, plainLeft--);
      if (code !== 0) return code;
      if (field.number === 1) {
        if (field.wire !== 1) return this.#fault(PROTO_FIELD_TYPE, p);
        this.#copyWord(value);
      } else if (field.number <= 3) {
        if (field.wire !== 0) return this.#fault(PROTO_FIELD_TYPE, p);
        if (field.number === 2) Object.assign(time, { low: field.low, high: field.high });
      }
    }
    return this.#output.putSample(SAMPLE_TAG, value, time) ? 0 : this.#fault(EXPAND_FULL, tag);
  }

  #exemplar(tag: number): number {
    const field = this.#field;
    const output = this.#output;
    const { wire, body, end } = field;
    if (wire !== 2) return this.#fault(PROTO_FIELD_TYPE, tag);
    const outer = this.#waiting;
    const start = output.at;
    if (!output.openMessage(EXEMPLAR_TAG)) return this.#fault(EXPAND_FULL, tag);
    this.#waiting = NONE;
    const value: Word64 = { low: 0, high: 0 };
    const time: Word64 = { low: 0, high: 0 };
    let plainLeft = EXPAND_SAMPLE_FIELDS_PLAIN;
    for (let p = body; p < end;) {
      const code = this.#readInner(p, end, plainLeft--);
      if (code !== 0) return code;
      const next = field.end;
      if (field.number === 1) {
        const failure = this.#labels(p, false);
        if (failure !== 0) return failure;
      } else if (field.number === 2) {
        if (field.wire !== 1) return this.#fault(PROTO_FIELD_TYPE, p);
        this.#copyWord(value);
      } else if (field.number === 3) {
        if (field.wire !== 0) return this.#fault(PROTO_FIELD_TYPE, p);
        Object.assign(time, { low: field.low, high: field.high });
      }
      p = next;
    }
    if (this.#waiting !== NONE) return this.#fault(SYMBOL_UNPAIRED, tag);
    this.#waiting = outer;
    const isWhole = output.putExemplarEnd(value, time) && output.closeMessage(start);
    return isWhole ? 0 : this.#fault(EXPAND_FULL, tag);
  }

  /** The fields of a histogram have the same numbers in both messages. */
  #histogram(tag: number): number {
    const { wire, body, end } = this.#field;
    if (wire !== 2) return this.#fault(PROTO_FIELD_TYPE, tag);
    const isWhole = this.#output.putField(HISTOGRAM_TAG, body, end - body);
    return isWhole ? 0 : this.#fault(EXPAND_FULL, tag);
  }

  #readMetadata(tag: number): number {
    const field = this.#field;
    const { wire, body, end } = field;
    if (wire !== 2) return this.#fault(PROTO_FIELD_TYPE, tag);
    let plainLeft = EXPAND_SAMPLE_FIELDS_PLAIN;
    for (let p = body; p < end; p = field.end) {
      const code = this.#readInner(p, end, plainLeft--);
      if (code !== 0) return code;
      if (field.number !== 1 && field.number !== 3 && field.number !== 4) continue;
      if (field.wire !== 0) return this.#fault(PROTO_FIELD_TYPE, p);
      const value = field.high * WORD + field.low;
      if (field.number === 1) this.#type = value > TYPE_MAX ? 0 : value;
      else if (value !== 0 && value >= this.#symbolTotal) return this.#fault(SYMBOL_MISSING, p);
      else if (field.number === 3) this.#help = value;
      else this.#unit = value;
    }
    return 0;
  }

  /** Once for each metric, unless its series contradict each other. */
  #writeMetadata(tag: number): number {
    const [metric, type, help, unit] = [this.#metric, this.#type, this.#help, this.#unit];
    if (metric === NONE || (type | help | unit) === 0) return 0;
    const { u32 } = this.#views;
    const symbol = (this.#symbols + SYMBOL_BYTES * metric) >>> 2;
    const last = [SYMBOL_TYPE, SYMBOL_HELP, SYMBOL_UNIT].map((at) => u32[symbol + at / 4]);
    if (last[0] === type + 1 && last[1] === help && last[2] === unit) return 0;
    u32[symbol + SYMBOL_TYPE / 4] = type + 1;
    u32[symbol + SYMBOL_HELP / 4] = help;
    u32[symbol + SYMBOL_UNIT / 4] = unit;
    const isWhole = this.#output.putMetadata(metric, type, help, unit);
    return isWhole ? 0 : this.#fault(EXPAND_FULL, tag);
  }

  #readInner(p: number, end: number, plainLeft: number): number {
    const code = this.#read(p, end);
    if (code !== 0) return code;
    return plainLeft <= 0 && this.#isOneTooMany() ? this.#fault(WALK_FIELDS_FULL, p) : 0;
  }

  /** The eight bytes of the field just read. */
  #copyWord(into: Word64): void {
    const { u8 } = this.#views;
    const { body } = this.#field;
    const view = new DataView(u8.buffer, u8.byteOffset + body, 8);
    into.low = view.getUint32(0, true);
    into.high = view.getUint32(4, true);
  }

  /** Counts an odd field; true when it is one more than is read. */
  #isOneTooMany(): boolean {
    const total = this.#get(EXPAND_FIELD_TOTAL);
    if (total === this.#get(EXPAND_FIELDS_MAX)) return true;
    this.#set(EXPAND_FIELD_TOTAL, total + 1);
    return false;
  }

  #read(p: number, end: number): number {
    const code = this.#field.read(this.#views.u8, p, end);
    return code === 0 ? 0 : this.#fault(code, p);
  }

  #fault(code: number, p: number): number {
    this.#set(EXPAND_FAULT_OFFSET, p - this.#get(EXPAND_SOURCE));
    return code;
  }

  #get(field: number): number {
    return this.#views.u32[(this.#frame + field) >>> 2]!;
  }

  #set(field: number, value: number): void {
    this.#views.u32[(this.#frame + field) >>> 2] = value;
  }
}

/** Fields of the frame that start at 0. */
const RESULTS: readonly number[] = [
  EXPAND_WRITTEN,
  EXPAND_FIELD_TOTAL,
  EXPAND_EMPTY_TOTAL,
  EXPAND_FAULT_OFFSET,
];
