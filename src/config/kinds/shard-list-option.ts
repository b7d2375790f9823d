/** An option that lists shards by their numbers. Default: none. */
import { SHARDS_MAX } from "#model/refs.ts";
import type { Option } from "../option.ts";

export function shardListOption(given: {
  readonly description: string;
}): Option<readonly number[]> {
  return {
    kind: "list",
    description: given.description,
    defaultText: "none",
    want: "a list of shards such as 3, 17",
    isList: true,
    fallback: () => Object.freeze([]),
    parse(text) {
      const items = text.split(",").map((item) => item.trim());
      const shards = items.filter((item) => item !== "").map(shardOf);
      return shards.includes(Number.NaN) ? undefined : Object.freeze([...new Set(shards)]);
    },
  };
}

/** NaN when it is none. */
function shardOf(text: string): number {
  const shard = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return shard < SHARDS_MAX ? shard : Number.NaN;
}
