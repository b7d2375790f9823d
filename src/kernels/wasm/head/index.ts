/** Exports of the shard head's module; see `kernels/head-kernel.ts` for its caller's side. */
export { allocate, heapUsed, release, setHeapEnd } from "./memory";
export { resolve, seriesFit, seriesRoom, seriesTotal } from "./series";
export {
  append,
  journalEntries,
  newestTimestamp,
  oldestTimestamp,
  replay,
  samplesRoom,
  setJournal,
} from "./append";
