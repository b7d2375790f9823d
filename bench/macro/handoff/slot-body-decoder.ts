/**
 * Lets the product's receiver decode straight from the slots: the body it holds is the frame that
 * names them, and only here do those words become bytes.
 */
import type { Slots } from "#runtime/worker/slots.ts";
import type { BodyOptions } from "#storage/body-appender.ts";
import type { BodyDecoder, CanonicalLabels, DecodedBody } from "#tsdb/receiver/body-decoder.ts";
import { decodeBodyFrame } from "./body-frame.ts";

export class SlotBodyDecoder implements BodyDecoder {
  readonly #inner: BodyDecoder;
  readonly #slots: Slots;

  constructor(inner: BodyDecoder, slots: Slots) {
    this.#inner = inner;
    this.#slots = slots;
  }

  decode(body: Uint8Array, options: BodyOptions): DecodedBody {
    const { slots, length } = decodeBodyFrame(body);
    const [only] = slots;
    const bytes =
      only !== undefined && slots.length === 1
        ? this.#slots.bytes(only).subarray(0, length)
        : this.#join(slots, length);
    return this.#inner.decode(bytes, options);
  }

  remember(row: number): number {
    return this.#inner.remember(row);
  }

  learnOrder(): void {
    this.#inner.learnOrder();
  }

  isFull(): boolean {
    return this.#inner.isFull();
  }

  forget(): void {
    this.#inner.forget();
  }

  get identityBytes(): number {
    return this.#inner.identityBytes;
  }

  canonicalise(row: number): CanonicalLabels {
    return this.#inner.canonicalise(row);
  }

  #join(slots: readonly number[], length: number): Uint8Array {
    const joined = new Uint8Array(slots.length * this.#slots.slotBytes);
    for (const [i, slot] of slots.entries()) {
      joined.set(this.#slots.bytes(slot), i * this.#slots.slotBytes);
    }
    return joined.subarray(0, length);
  }
}
