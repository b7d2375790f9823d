/**
 * How long a log rests before a commit so that more requests share its sync. Every sync costs the
 * machine some 100 us of CPU besides the device's own time, so many senders at once are served better
 * by fewer, larger commits. A log rests in short slices and goes on as soon as one brings nothing:
 * then everybody who sends waits for an answer already. Pure.
 */

/** One slice: senders that are at work at all have sent something in it. */
export const REST_SLICE_MS = 2;
/** A rest lasts 8 ms at most: what a request takes anyway where so many come. */
const SLICES_MAX = 4;
/** Commits without a rest after one that was for nothing: it costs a lone sender 2 ms in 64. */
const TRY_AGAIN_COMMITS = 64;
/** A commit of this size is worth its sync as it is. */
const BYTES_ENOUGH: number = 512 * 1024;

export class CommitPace {
  #slices = 0;
  /** Commits until a rest is tried again; 0 while rests pay. */
  #commitsToTry = 0;

  /** Records wait and a commit of them is due; a rest may come before it. */
  start(): void {
    this.#slices = 0;
    if (this.#commitsToTry > 0) this.#commitsToTry--;
  }

  /** True when the commit is worth a slice more; `waitingBytes` of records wait for it now. */
  wantsRest(waitingBytes: number): boolean {
    return this.#commitsToTry === 0 && this.#slices < SLICES_MAX && waitingBytes < BYTES_ENOUGH;
  }

  /** After a slice; true when it brought something. */
  rested(bytesBefore: number, bytesAfter: number): boolean {
    const isFirst = this.#slices++ === 0;
    if (bytesAfter > bytesBefore) return true;
    if (isFirst) this.#commitsToTry = TRY_AGAIN_COMMITS;
    return false;
  }
}
