/** What one write request may cost. */
import { bytesOption } from "../kinds/bytes-option.ts";
import { durationOption } from "../kinds/duration-option.ts";
import type { SectionSchema } from "../option.ts";

export interface IngestSettings {
  readonly decodedBytesMax: number;
  readonly deadlineMs: number;
}

export const INGEST_OPTIONS: SectionSchema<IngestSettings> = {
  decodedBytesMax: bytesOption({
    description: "Largest write request after decompression.",
    // As much as the peers take, and as much as a worker decodes without keeping others waiting.
    default: 32 * 1024 ** 2,
    bytesMin: 64 * 1024,
    bytesMax: 1024 ** 3,
  }),
  deadlineMs: durationOption({
    description:
      "How long a write may wait for stable storage before the sender is told to send it again.",
    // Stock senders give up after 30 s; they must hear from us before that.
    defaultMs: 20_000,
    minMs: 100,
    maxMs: 300_000,
  }),
};
