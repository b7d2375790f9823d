import { expect, test } from "vitest";
import {
  newestSampleMs,
  nextUpkeep,
  type UpkeepOptions,
  type UpkeepStep,
} from "#cluster/roles/keeper/next-upkeep.ts";
import { epoch, seq, tenantId } from "#model/refs.ts";
import { blockEntry, HOUR_MS } from "#test/support/block-entries.ts";
import { blockKeyOf, type BlockEntry } from "#tsdb/manifest/block-entry.ts";
import { EMPTY_MANIFEST, type ManifestState } from "#tsdb/manifest/manifest-state.ts";
import type { Tombstone } from "#tsdb/tombstone/tombstone.ts";

const DAY_MS = 24 * HOUR_MS;
const OPTIONS: UpkeepOptions = {
  retention: { rules: [], ages: [7 * DAY_MS, 30 * DAY_MS, Infinity] },
  retentionBytesMax: Infinity,
  compaction: { retentionMs: [7 * DAY_MS, 30 * DAY_MS, 0], settleMs: HOUR_MS },
};

function stateOf(
  blocks: readonly BlockEntry[],
  fields: Partial<ManifestState> = {},
): ManifestState {
  const listed = new Map(blocks.map((block) => [blockKeyOf(block), block]));
  return { ...EMPTY_MANIFEST, epoch: epoch(1), version: 3, blocks: listed, ...fields };
}

const tombstone = (number: number): Tombstone => ({
  seq: seq(number),
  tenant: tenantId(0),
  matchers: [{ kind: "=", name: "a", value: "b" }],
  minMs: -1e15,
  maxMs: 1e15,
});

const clock = (newestMs: number) => ({ wallMs: 1e15, newestMs });

test("a full day of settled blocks is merged, with its tiers", () => {
  const day = Array.from({ length: 12 }, (_, i) =>
    blockEntry(i + 1, { rangeStartMs: i * 2 * HOUR_MS }),
  );
  const state = stateOf(day);
  expect(newestSampleMs(state)).toBe(DAY_MS - 1000);
  expect(nextUpkeep(state, clock(DAY_MS - 1000), OPTIONS)).toBeNull();
  const step = nextUpkeep(state, clock(DAY_MS + HOUR_MS), OPTIONS);
  expect(step).toMatchObject({ kind: "merge", task: { isMerge: true, makesTiers: [1] } });
});

test("old blocks go first, a clock far ahead drops none", () => {
  const minutes = blockEntry(2, { tier: 1, rangeStartMs: 2 * HOUR_MS });
  const state = stateOf([blockEntry(1), blockEntry(200), minutes]);
  const newestMs = newestSampleMs(state);
  const step = nextUpkeep(state, clock(newestMs), OPTIONS);
  expect(step).toEqual({ kind: "expire", blocks: [blockKeyOf(blockEntry(1))] });
  expect(
    nextUpkeep(stateOf([blockEntry(1)]), clock(newestSampleMs(stateOf([]))), OPTIONS),
  ).toBeNull();
});

test("old samples stay until their tiers are made", () => {
  const old = blockEntry(1);
  const state = stateOf([old, blockEntry(200)]);
  const newestMs = newestSampleMs(state);
  const step = nextUpkeep(state, clock(newestMs), OPTIONS);
  expect(step).toMatchObject({ kind: "merge", task: { sources: [old], makesTiers: [1] } });
  // Nor do they wait for a tier that would not keep them.
  const muchLater = stateOf([old, blockEntry(400)]);
  const last = nextUpkeep(muchLater, clock(newestSampleMs(muchLater)), OPTIONS);
  expect(last).toEqual({ kind: "expire", blocks: [blockKeyOf(old)] });
});

test("deletions are applied, then forgotten", () => {
  const block = blockEntry(1);
  const before = stateOf([block], { tombstones: [tombstone(500)], flushedSeq: seq(600) });
  expect(nextUpkeep(before, clock(0), OPTIONS)).toEqual({ kind: "clean", block });
  const clean = { ...block, cleanSeq: seq(500) };
  const after = stateOf([clean], { tombstones: [tombstone(500)], flushedSeq: seq(600) });
  expect(nextUpkeep(after, clock(0), OPTIONS)).toEqual({ kind: "forget", tombstones: [500] });
});

test("what a rule keeps for a shorter time is taken out when nothing else is due", () => {
  const rules = [
    {
      tenant: tenantId(7),
      matchers: [],
      ages: [HOUR_MS, HOUR_MS, HOUR_MS],
    },
  ] as const;
  const options = { ...OPTIONS, retention: { ...OPTIONS.retention, rules } };
  const block = blockEntry(1);
  const minutes = blockEntry(2, { tier: 1, rangeStartMs: block.rangeStartMs });
  const later = block.maxMs + HOUR_MS;
  expect(nextUpkeep(stateOf([block, minutes]), clock(later), options)).toBeNull();
  const step = nextUpkeep(stateOf([block, minutes]), clock(later + 1), options);
  expect(step).toMatchObject({ kind: "rewrite", block });
  const { retention } = step as Extract<UpkeepStep, { kind: "rewrite" }>;
  const done = { ...block, retentionMark: retention.mark };
  const next = nextUpkeep(stateOf([done, minutes]), clock(later + 1), options);
  expect(next).toMatchObject({ kind: "rewrite", block: minutes });
  // Samples stay until their minutes are made.
  expect(nextUpkeep(stateOf([block]), clock(later + 1), options)).toBeNull();
});
