/**
 * Serves a keeper from the shards of this worker: slices of closed generations, records for the
 * series log, and the switch from a generation to its blocks.
 */
import { must } from "#base/assert.ts";
import type { MessageLink } from "#runtime/worker/message-link.ts";
import { WithTransfer, WorkerHost } from "#runtime/worker/worker-host.ts";
import type {
  GenerationCursor,
  GenerationSlice,
  SeriesRecordCursor,
} from "#storage/head-generation.ts";
import type { ShardStore } from "#storage/shard-store.ts";
import type { LogRecordDraft } from "#storage/log-record.ts";
import type { ShardId } from "#model/refs.ts";
import type { HostedShard } from "../hosted-shard.ts";
import type { FeedContract } from "./feed-contract.ts";

/** `installed` follows each switch. */
export function hostFeed(
  link: MessageLink,
  shardOf: (shard: ShardId) => HostedShard,
  installed: () => void,
): void {
  let samples: GenerationCursor | null = null;
  let series: SeriesRecordCursor | null = null;
  // Made for the link; it serves by itself.
  void new WorkerHost<FeedContract>(link, {
    slice: ({ shard, generation, isFirst }) => {
      const store = readableStore(shardOf(shard));
      if (isFirst) {
        samples?.close();
        samples = store.readGeneration(generation);
      }
      const slice = must(samples, "feed: cursor of a generation").next();
      return new WithTransfer<GenerationSlice | null>(
        slice,
        slice === null ? [] : buffersOf(slice),
      );
    },
    seriesRecord: ({ shard, generation, which, isFirst }) => {
      const store = readableStore(shardOf(shard));
      if (isFirst) series = store.seriesRecords(generation, which);
      const draft = must(series, "feed: cursor of series").next();
      if (draft === null) return new WithTransfer<LogRecordDraft | null>(null, []);
      const payload = draft.payload.slice();
      return new WithTransfer<LogRecordDraft | null>({ ...draft, payload }, [payload.buffer]);
    },
    install: ({ shard, state, releases }) => {
      shardOf(shard).install(state, releases);
      installed();
      return null;
    },
  });
}

function readableStore(shard: HostedShard): ShardStore {
  shard.checkReadable();
  return shard.store;
}

function buffersOf(slice: GenerationSlice): ArrayBuffer[] {
  const { labelStart, labelBytes, sampleStart, timestamps, values } = slice;
  const { tenants, fingerprints, placements, histograms } = slice;
  const columns = [labelStart, labelBytes, sampleStart, timestamps, values];
  const words = [tenants, fingerprints, placements];
  const items =
    histograms === null ? [] : [histograms.sampleIndex, histograms.start, histograms.bytes];
  return [...new Set([...columns, ...words, ...items].map(({ buffer }) => buffer as ArrayBuffer))];
}
