/**
 * What a body says, by the TypeScript twins alone: no receiver, no shards. The judge of what a node
 * may answer and what it may hold.
 */
import { EngineError } from "#base/engine-error.ts";
import { negotiate } from "#ingest/prometheus-remote-write/negotiate.ts";
import { PAGES_MAX } from "#kernels/kernel-memory.ts";
import { instantiateTwins } from "#kernels/twin-instance.ts";
import { tenantId } from "#model/refs.ts";
import { KernelBodyDecoder } from "#tsdb/receiver/kernel-body-decoder.ts";
import { decodedHistograms } from "./decoded-histograms.ts";
import { headersOf, type FuzzBody } from "./fuzz-body.ts";
import { BODY_BYTES_MAX, DECODED_BYTES_MAX } from "./fuzz-receiver.ts";

/** All regions: growing a plain buffer would copy it. */
const PAGES = 8192;
const IDENTITY_BYTES = 1024 * 1024;

export interface TwinRow {
  /** Canonical label bytes as latin1 text. */
  readonly key: string;
  readonly samples: readonly (readonly [timestampMs: number, bits: bigint])[];
}

export type TwinReading =
  | { readonly kind: "refused"; readonly status: number; readonly isDecoded: boolean }
  | {
      readonly kind: "read";
      readonly rows: readonly TwinRow[];
      /** False when something in it will be rejected whatever is stored. */
      readonly isSound: boolean;
    };

export class TwinRows {
  readonly #decoder = new KernelBodyDecoder({
    kernels: instantiateTwins({ pagesInitial: PAGES, pagesMax: PAGES_MAX }),
    bodyBytesMax: BODY_BYTES_MAX,
    decodedBytesMax: DECODED_BYTES_MAX,
    identityBytesMax: IDENTITY_BYTES,
    seed: [1, 2],
  });

  read(body: FuzzBody): TwinReading {
    const negotiated = negotiate(headersOf(body));
    if (negotiated.kind === "refused") return { kind: "refused", status: 415, isDecoded: false };
    const { format, encoding } = negotiated;
    try {
      const options = { tenant: tenantId(0), format, encoding, sender: "" };
      return this.#rows(body.bytes, options);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const isDecoded = error.message.includes("cannot decode");
      return { kind: "refused", status: error.http, isDecoded };
    }
  }

  #rows(bytes: Uint8Array, options: Parameters<KernelBodyDecoder["decode"]>[1]): TwinReading {
    const decoded = this.#decoder.decode(bytes, options);
    const rows: TwinRow[] = [];
    let isSound = decoded.emptySeriesCount === 0;
    const words = decoded.valueWords;
    for (let row = 0; row < decoded.rowCount; row++) {
      const first = decoded.sampleStarts[row]!;
      const count = decoded.sampleStarts[row + 1]! - first;
      if (count === 0) continue;
      const labels = this.#decoder.canonicalise(row);
      if (labels.kind === "invalid") {
        isSound = false;
        continue;
      }
      const samples = Array.from({ length: count }, (_, i) => {
        const at = first + i;
        const bits = (BigInt(words[2 * at + 1]!) << 32n) | BigInt(words[2 * at]!);
        return [decoded.timestamps[at]!, bits] as const;
      });
      rows.push({ key: Buffer.from(labels.bytes).toString("latin1"), samples });
    }
    for (const { row, sample } of decodedHistograms(this.#decoder, decoded)) {
      const labels = this.#decoder.canonicalise(row);
      if (sample === null || labels.kind === "invalid") {
        isSound = false;
        continue;
      }
      const key = Buffer.from(labels.bytes).toString("latin1");
      const bits = (BigInt(sample.high) << 32n) | BigInt(sample.low);
      rows.push({ key, samples: [[sample.timestampMs, bits]] });
    }
    return { kind: "read", rows, isSound };
  }
}
