/** Everything a data folder keeps, by kind of file. */
import { rawBlockFlips, tierBlockFlips } from "./block-flips.ts";
import type { FlipTarget } from "./flip-target.ts";
import { folderFlips } from "./folder-flips.ts";
import { logFlips } from "./log-flips.ts";
import {
  controlFileFlips,
  manifestFlips,
  nodeFileFlips,
  seriesLogFlips,
} from "./shard-file-flips.ts";

export const FLIP_TARGETS: readonly FlipTarget[] = [
  { name: "log", share: 0.3, make: logFlips },
  { name: "series log", share: 0.1, make: seriesLogFlips },
  { name: "manifest", share: 0.1, make: manifestFlips },
  { name: "raw block", share: 0.2, make: rawBlockFlips },
  { name: "tier block", share: 0.1, make: tierBlockFlips },
  { name: "node file", share: 0.05, make: nodeFileFlips },
  { name: "control file", share: 0.05, make: controlFileFlips },
  { name: "whole folder", share: 0.1, make: folderFlips },
];
