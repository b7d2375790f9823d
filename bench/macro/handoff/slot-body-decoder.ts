/**
 * Lets the product's receiver decode straight from the slots: the body it holds is the frame that
 * names them, and only here do those words become bytes.
 */
import type { Slots } from "#runtime/worker/slots.ts";
import type { BodyOptions } from "#storage/body-appender.ts";
import type { DecodedBody } from "#tsdb/receiver/body-decoder.ts";
import { KernelBodyDecoder } from "#tsdb/receiver/kernel-body-decoder.ts";
import type { KernelBodyDecoderOptions } from "#tsdb/receiver/kernel-body-decoder.ts";
import { decodeBodyFrame } from "./body-frame.ts";

export class SlotBodyDecoder extends KernelBodyDecoder {
  readonly #slots: Slots;

  constructor(options: KernelBodyDecoderOptions, slots: Slots) {
    super(options);
    this.#slots = slots;
  }

  override decode(body: Uint8Array, options: BodyOptions): DecodedBody {
    const { slots, length } = decodeBodyFrame(body);
    const [only] = slots;
    const bytes =
      only !== undefined && slots.length === 1
        ? this.#slots.bytes(only).subarray(0, length)
        : this.#join(slots, length);
    return super.decode(bytes, options);
  }

  #join(slots: readonly number[], length: number): Uint8Array {
    const { slotBytes } = this.#slots;
    const joined = new Uint8Array(slots.length * slotBytes);
    for (const [i, slot] of slots.entries()) joined.set(this.#slots.bytes(slot), i * slotBytes);
    return joined.subarray(0, length);
  }
}
