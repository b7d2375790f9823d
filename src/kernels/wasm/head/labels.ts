/**
 * Label blocks: the labels of a series as entries of the index, whose texts put behind one another
 * are its canonical bytes. Making one enters the series into the index.
 */
import {
  ENTRY_TEXT,
  ENTRY_TEXT_BYTES,
  ENTRY_USERS,
  LABELS_BYTES,
  LABELS_COUNT,
  LABELS_FINGERPRINT,
  LABELS_HEADER_BYTES,
  LABELS_PLACEMENT,
  ENTRY_BYTES,
} from "../../layout/head-layout";
import { equalBytes } from "../equal";
import {
  entryTableRoom,
  findEntry,
  labelEntry,
  releaseEntry,
  tenantEntry,
} from "./label-entries";
import { allocate, pagesRoom, release } from "./memory";
import { addRef, cleanRefs, REF_BYTES_MAX } from "./ref-list";

/** Bytes of the text, its length included, that stands at `at`; lengths have up to 3 bytes. */
// @ts-ignore: decorator
@inline
function textBytes(at: usize): u32 {
  const first: u32 = load<u8>(at);
  if (first < 128) return first + 1;
  const second: u32 = load<u8>(at, 1);
  if (second < 128) return ((first & 127) | (second << 7)) + 2;
  return ((first & 127) | ((second & 127) << 7) | (<u32>load<u8>(at, 2) << 14)) + 3;
}

/** Labels in canonical bytes. */
export function countLabels(labels: usize, bytes: u32): u32 {
  const end = labels + bytes;
  let count: u32 = 0;
  for (let at = labels; at < end; count++) {
    at += textBytes(at);
    at += textBytes(at);
  }
  return count;
}

/** Upper bound of the heap bytes for `count` series with `labels` labels of `bytes` in all. */
export function labelsRoom(count: u32, labels: u32, bytes: u32): u32 {
  // A label may be new, and so may its name; what is not small comes in powers of two.
  const entries = 2 * labels + 1;
  const blocks = count * (LABELS_HEADER_BYTES + 8) + labels * 4;
  const lists = (labels + count) * (REF_BYTES_MAX + 8);
  const texts = 4 * bytes + 8 * entries;
  return (
    pagesRoom(entries * ENTRY_BYTES) +
    pagesRoom(2 * blocks) +
    pagesRoom(lists) +
    pagesRoom(texts) +
    entryTableRoom(entries)
  );
}

/** The label block of a new series; its ref is above all others of the tenant's series. */
export function createLabels(
  tenant: u32,
  ref: u32,
  labels: usize,
  bytes: u32,
  fingerprint: u64,
  placement: u64,
): usize {
  const count = countLabels(labels, bytes);
  const block: usize = allocate(LABELS_HEADER_BYTES + (count << 2));
  store<u64>(block, placement, LABELS_PLACEMENT);
  store<u64>(block, fingerprint, LABELS_FINGERPRINT);
  store<u32>(block, bytes, LABELS_BYTES);
  store<u32>(block, count, LABELS_COUNT);
  // The tenant's list comes first: an entry is made before its children.
  use(tenantEntry(tenant), ref);
  let at = labels;
  for (let i: u32 = 0; i < count; i++) {
    const nameBytes = textBytes(at);
    const pairBytes = nameBytes + textBytes(at + nameBytes);
    const entry = labelEntry(tenant, at, pairBytes, nameBytes);
    use(entry, ref);
    store<u32>(block + LABELS_HEADER_BYTES + (i << 2), <u32>entry);
    at += pairBytes;
  }
  return block;
}

// @ts-ignore: decorator
@inline
function use(entry: usize, ref: u32): void {
  store<u32>(entry, load<u32>(entry, ENTRY_USERS) + 1, ENTRY_USERS);
  addRef(entry, ref);
}

/** Takes a series, which has no record any more, out of the index. */
export function releaseLabels(block: usize, tenant: u32): void {
  const count = load<u32>(block, LABELS_COUNT);
  const ofTenant = tenantEntry(tenant);
  for (let i: u32 = 0; i < count; i++) {
    const entry: usize = load<u32>(block + LABELS_HEADER_BYTES + (i << 2));
    if (!releaseEntry(entry)) cleanRefs(entry);
  }
  if (!releaseEntry(ofTenant)) cleanRefs(ofTenant);
  release(<u32>block, LABELS_HEADER_BYTES + (count << 2));
}

export function hasLabels(block: usize, labels: usize, bytes: u32): bool {
  if (load<u32>(block, LABELS_BYTES) != bytes) return false;
  const end = block + LABELS_HEADER_BYTES + (load<u32>(block, LABELS_COUNT) << 2);
  const last = labels + bytes;
  for (let at = block + LABELS_HEADER_BYTES; at < end; at += 4) {
    const entry: usize = load<u32>(at);
    const pairBytes = load<u32>(entry, ENTRY_TEXT_BYTES);
    if (pairBytes > <u32>(last - labels)) return false;
    if (!equalBytes(load<u32>(entry, ENTRY_TEXT), labels, pairBytes)) return false;
    labels += pairBytes;
  }
  return true;
}

/** Writes the canonical bytes of a label block to `to`. */
export function copyLabels(block: usize, to: usize): void {
  const end = block + LABELS_HEADER_BYTES + (load<u32>(block, LABELS_COUNT) << 2);
  for (let at = block + LABELS_HEADER_BYTES; at < end; at += 4) {
    const entry: usize = load<u32>(at);
    const bytes = load<u32>(entry, ENTRY_TEXT_BYTES);
    memory.copy(to, load<u32>(entry, ENTRY_TEXT), bytes);
    to += bytes;
  }
}

/** The index entry with this text, or 0. */
export function indexEntry(tenant: u32, text: usize, bytes: u32): u32 {
  return <u32>findEntry(tenant, text, bytes);
}
