/** Staging areas: the newest samples of a series, until a miniblock is full. */
import { SERIES_STAGED, SERIES_STAGING, SERIES_STAGING_CAPACITY } from "../../layout/head-layout";
import { allocate, release } from "./memory";

/** Samples that areas hold from now on; those in use change when they are next empty. */
let stagingSamples: u32 = 16;

/** 8 or 16: half the memory, at the price of more bytes per sample. */
export function setStagingSamples(samples: u32): void {
  stagingSamples = samples;
}

// @ts-ignore: decorator
@inline
export function stagingBytes(capacity: u32): u32 {
  return 8 + capacity * 12;
}

/** Gives a series without staged samples an area of the present size. */
export function renewStaging(record: usize): void {
  const capacity: u32 = load<u8>(record, SERIES_STAGING_CAPACITY);
  if (capacity == stagingSamples) return;
  releaseStaging(record);
  store<u32>(record, allocate(stagingBytes(stagingSamples)), SERIES_STAGING);
  store<u8>(record, <u8>stagingSamples, SERIES_STAGING_CAPACITY);
}

export function releaseStaging(record: usize): void {
  const capacity: u32 = load<u8>(record, SERIES_STAGING_CAPACITY);
  if (capacity != 0) release(load<u32>(record, SERIES_STAGING), stagingBytes(capacity));
  store<u8>(record, 0, SERIES_STAGED);
  store<u8>(record, 0, SERIES_STAGING_CAPACITY);
}
