/**
 * One expansion of a 2.0 request through both kernels, compared byte for byte. The target ends where
 * its region does, between canaries, so that a byte too many is seen.
 */
import {
  EXPAND_EMPTY_TOTAL,
  EXPAND_FAULT_OFFSET,
  EXPAND_FIELDS_MAX,
  EXPAND_FIELD_TOTAL,
  EXPAND_FRAME_BYTES,
  EXPAND_SOURCE,
  EXPAND_SOURCE_BYTES,
  EXPAND_SYMBOLS,
  EXPAND_SYMBOLS_MAX,
  EXPAND_TARGET,
  EXPAND_TARGET_BYTES,
  EXPAND_WRITTEN,
  SYMBOL_BYTES,
} from "#kernels/layout/expand-layout.ts";
import { expect } from "vitest";
import { KernelPair } from "./kernel-pair.ts";

export interface ExpandRoom {
  readonly symbols?: number;
  readonly target?: number;
  readonly fields?: number;
}

export interface ExpandResult {
  readonly code: number;
  readonly emptySeries: number;
  readonly hex: string;
}

const SOURCE_MAX = 65_536;
const TARGET_MAX = 300_000;
const SYMBOLS_MAX = 64;

export class ExpandPair {
  readonly pair: KernelPair = new KernelPair();
  readonly #frame = this.pair.region("frame", EXPAND_FRAME_BYTES);
  readonly #source = this.pair.region("source", SOURCE_MAX);
  readonly #target = this.pair.region("target", TARGET_MAX);
  readonly #symbols = this.pair.region("symbols", SYMBOL_BYTES * SYMBOLS_MAX);

  run(source: Uint8Array, room: ExpandRoom = {}): ExpandResult {
    const { pair } = this;
    const { symbols = SYMBOLS_MAX, target = TARGET_MAX, fields = SOURCE_MAX } = room;
    expect(source.length).toBeLessThanOrEqual(SOURCE_MAX);
    pair.write(this.#source.offset, source);
    this.#set(EXPAND_SOURCE, this.#source.offset);
    this.#set(EXPAND_SOURCE_BYTES, source.length);
    this.#set(EXPAND_TARGET, this.#target.offset + TARGET_MAX - target);
    this.#set(EXPAND_TARGET_BYTES, target);
    this.#set(EXPAND_SYMBOLS, this.#symbols.offset);
    this.#set(EXPAND_SYMBOLS_MAX, symbols);
    this.#set(EXPAND_FIELDS_MAX, fields);
    const code = pair.call((calls) => calls.expandRequest(this.#frame.offset));
    const written = this.#get(EXPAND_WRITTEN);
    this.#get(EXPAND_FIELD_TOTAL);
    if (code !== 0) expect(this.#get(EXPAND_FAULT_OFFSET)).toBeLessThan(source.length);
    expect(written).toBeLessThanOrEqual(target);
    const start = this.#target.offset + TARGET_MAX - target;
    pair.expectSame(start, written);
    pair.expectCanaries(this.#frame, this.#source, this.#target, this.#symbols);
    return {
      code,
      emptySeries: this.#get(EXPAND_EMPTY_TOTAL),
      hex: Buffer.from(pair.bytes(start, written)).toString("hex"),
    };
  }

  #set(field: number, value: number): void {
    this.pair.setU32(this.#frame.offset + field, value);
  }

  #get(field: number): number {
    return this.pair.u32(this.#frame.offset + field);
  }
}
