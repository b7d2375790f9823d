/** A closed generation at its shard worker, asked for piece by piece. */
import type { WorkerClient } from "#runtime/worker/worker-client.ts";
import type { FeedContract } from "./feed-contract.ts";
import type { FlushOrder } from "./keeper-contract.ts";
import type { GenerationFeed } from "./shard-keeper.ts";

export function generationFeed(
  worker: WorkerClient<FeedContract>,
  { shard, generation, liveSeries }: FlushOrder,
): GenerationFeed {
  const name = { shard, generation: generation.number };
  return {
    generation,
    liveSeries,
    samples: () => {
      let isFirst = true;
      return {
        next: () => {
          const asked = worker.call("slice", { ...name, isFirst });
          isFirst = false;
          return asked;
        },
      };
    },
    records: (which) => {
      let isFirst = true;
      return {
        next: () => {
          const asked = worker.call("seriesRecord", { ...name, which, isFirst });
          isFirst = false;
          return asked;
        },
      };
    },
  };
}
