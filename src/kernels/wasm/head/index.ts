/** Exports of the shard head's module; see `kernels/head-kernel.ts` for its caller's side. */
export { allocate, heapUsed, pagesRoom, regionRoom, release, setHeapEnd, usedBytes } from "./memory";
export { openGeneration, releaseGeneration } from "./arena";
export { freeUpTo } from "./free-generations";
export { setStagingSamples } from "./staging";
export { firstLive, mapRoom, nextRef, passRefs, recordOf, refsFit } from "./series-map";
export { tableSeries } from "./series-table";
export {
  collectIdle,
  countUnknown,
  drop,
  labelTotal,
  resolve,
  restore,
  seriesRoom,
  upperPlacements,
} from "./series";
export { copyLabels, indexEntry } from "./labels";
export { encodeSamples } from "./sample-payload";
export { readChunk } from "./chunk";
export {
  append,
  journalEntries,
  newestTimestamp,
  oldestTimestamp,
  replay,
  resetTimestamps,
  samplesRoom,
  setJournal,
} from "./append";
