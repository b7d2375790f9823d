/**
 * Walks a Prometheus remote write 1.0 WriteRequest into row and sample columns without making one
 * object or string. Labels stay raw bytes: a row names the contiguous bytes of its label fields
 * (compacted into scratch when other fields stand between them). With a raw identity table, the
 * bytes are first compared with the series that followed the previous one last time, and a match
 * skips the label fields altogether. Twin: `../write-request.ts`.
 */
import {
  PROTO_FIELD_TYPE,
  PROTO_TRUNCATED,
  WALK_FIELDS_FULL,
  WALK_RANGES_FULL,
  WALK_ROWS_FULL,
  WALK_SAMPLES_FULL,
  WALK_SCRATCH_FULL,
} from "../layout/kernel-codes";
import {
  PLAIN_LABEL_BYTES_MIN,
  RANGE_BYTES,
  RANGE_EXEMPLAR,
  RANGE_HISTOGRAM,
  RANGE_KIND,
  RANGE_LENGTH,
  RANGE_METADATA,
  RANGE_OFFSET,
  RANGE_ROW,
  SAMPLE_FIELDS_PLAIN,
  WALK_CURSOR,
  WALK_FAULT_OFFSET,
  WALK_FIELDS_MAX,
  WALK_FIELD_TOTAL,
  WALK_IDS,
  WALK_LABELS_BYTES,
  WALK_LABELS_OFFSET,
  WALK_MISSES_INLINE,
  WALK_MISS_RUN,
  WALK_NEXT_ID,
  WALK_PREDICTED,
  WALK_PREVIOUS_ID,
  WALK_PROBE_EVERY,
  WALK_RANGES,
  WALK_RANGES_MAX,
  WALK_RANGE_TOTAL,
  WALK_ROWS_MAX,
  WALK_ROW_TOTAL,
  WALK_RUN_BYTES,
  WALK_RUN_END,
  WALK_RUN_START,
  WALK_SAMPLES_MAX,
  WALK_SAMPLE_STARTS,
  WALK_SAMPLE_TOTAL,
  WALK_SCOPE,
  WALK_SCRATCH,
  WALK_SCRATCH_BYTES,
  WALK_SCRATCH_USED,
  WALK_SOURCE,
  WALK_SOURCE_BYTES,
  WALK_TABLE,
  WALK_TIMES,
  WALK_UNPREDICTED_END,
  WALK_VALUES,
} from "../layout/walk-layout";
import {
  IDENTITY_COUNT,
  IDENTITY_RECORDS_END,
  RECORD_BYTES,
  RECORD_LENGTH,
  RECORD_LIST,
  RECORD_SCOPE,
  RECORD_SUCCESSOR,
} from "../layout/identity-layout";
import { UNKNOWN, identityCount, identityFind, recordHolds, recordOf } from "./identity";
import { equalPieces } from "./label-pieces";
import { fieldBody, fieldEnd, fieldNumber, fieldValue, fieldWire, readField } from "./proto-field";

/** Tags as single bytes: field number * 8 + wire type. */
const SERIES_TAG: u32 = 0x0a;
/** Lengths of plain labels, less the smallest: a single compare. */
const PLAIN_LABEL_LENGTHS: u32 = 128 - PLAIN_LABEL_BYTES_MIN;
const LABEL_TAG: u32 = 0x0a;
const SAMPLE_TAG: u32 = 0x12;
/** The usual sample: 16 bytes, an eight-byte value (09), a six-byte timestamp varint (10). */
const SAMPLE_HEAD: u32 = 0x091012;
const SAMPLE_TIME_TAG: u32 = 0x10;
const SAMPLE_BYTES: usize = 18;
/** A sample of value 0, which encoders leave out: 7 bytes, a six-byte timestamp varint. */
const ZERO_SAMPLE_HEAD: u32 = 0x100712;
const ZERO_SAMPLE_BYTES: usize = 9;
/** What the walk of predicted rows reads before it has checked a length. */
const ROW_READ_BYTES: usize = 3;
/** The timestamp is read with eight bytes, two more than it has. */
const SAMPLE_READ_BYTES: usize = 20;
/** Continuation bits of six bytes, and how a six-byte varint sets them. */
const VARINT6_MASK: u64 = 0x8080_8080_8080;
const VARINT6_BITS: u64 = 0x0080_8080_8080;

/** Returns 0, or a negative code with `WALK_FAULT_OFFSET` at the tag of the offending field. */
export function walkWriteRequest(frame: usize): i32 {
  const table: usize = load<u32>(frame, WALK_TABLE);
  const end = <usize>load<u32>(frame, WALK_SOURCE) + <usize>load<u32>(frame, WALK_SOURCE_BYTES);
  open(frame, table);
  let p: usize = load<u32>(frame, WALK_SOURCE);
  let code: i32 = 0;
  while (p < end && code == 0) {
    if (table != 0) {
      p = walkPredicted(frame, table, p, end);
      if (p == end) break;
    }
    // Fast path: a time series whose length takes one or two bytes.
    if (end - p >= 3 && load<u8>(p) == SERIES_TAG && load<i8>(p, 2) >= 0) {
      const first: usize = load<u8>(p, 1);
      const wide = first >> 7;
      const length = (first & 127) | ((<usize>load<u8>(p, 2) << 7) & -wide);
      const body = p + 2 + wide;
      if (length > end - body) {
        code = fault(frame, PROTO_TRUNCATED, p);
      } else {
        code = walkSeries(frame, table, p, body, body + length, end);
        p = body + length;
      }
    } else {
      code = walkTopField(frame, table, p, end);
      p = load<u32>(frame, WALK_CURSOR);
    }
  }
  if (table != 0) identityCount(table, 0, 0, load<u32>(frame, WALK_PREDICTED));
  return code;
}

/**
 * Takes the usual rows of a sender that keeps its order: the predicted label bytes, then one sample
 * in the usual encoding. All that rows share stays in locals. Returns where the first other row, or
 * other field, starts; the slow way decides what that is.
 */
function walkPredicted(frame: usize, table: usize, from: usize, end: usize): usize {
  const records: usize = load<u32>(table, IDENTITY_RECORDS_END);
  const scope = load<u32>(frame, WALK_SCOPE);
  const offsets: usize = load<u32>(frame, WALK_LABELS_OFFSET);
  const lengths: usize = load<u32>(frame, WALK_LABELS_BYTES);
  const starts: usize = load<u32>(frame, WALK_SAMPLE_STARTS);
  const ids: usize = load<u32>(frame, WALK_IDS);
  const times: usize = load<u32>(frame, WALK_TIMES);
  const values: usize = load<u32>(frame, WALK_VALUES);
  const first = load<u32>(frame, WALK_ROW_TOTAL);
  const rowsMax = load<u32>(frame, WALK_ROWS_MAX);
  const samplesMax = load<u32>(frame, WALK_SAMPLES_MAX);
  let sample = load<u32>(frame, WALK_SAMPLE_TOTAL);
  let id = load<u32>(frame, WALK_NEXT_ID);
  let row = first;
  let p = from;
  while (id != UNKNOWN && row < rowsMax && sample < samplesMax && end - p >= ROW_READ_BYTES) {
    if (load<u8>(p) != SERIES_TAG || load<i8>(p, 2) < 0) break;
    const record = records - (<usize>id + 1) * RECORD_BYTES;
    const bytes: usize = load<u32>(record, RECORD_LENGTH);
    const head: usize = load<u8>(p, 1);
    const wide = head >> 7;
    const length = (head & 127) | ((<usize>load<u8>(p, 2) << 7) & -wide);
    const body = p + 2 + wide;
    if (length > end - body || load<u32>(record, RECORD_SCOPE) != scope) break;
    const at = body + bytes;
    let time: u64 = 0;
    let value: u64 = 0;
    // A length below that of the labels wraps round and is neither.
    if (length - bytes == SAMPLE_BYTES) {
      if ((load<u32>(at) & 0xff_ffff) != SAMPLE_HEAD || load<u8>(at, 11) != SAMPLE_TIME_TAG) break;
      value = load<u64>(at, 3);
      time = load<u64>(at + SAMPLE_BYTES - 8) >> 16;
    } else if (length - bytes == ZERO_SAMPLE_BYTES) {
      if ((load<u32>(at) & 0xff_ffff) != ZERO_SAMPLE_HEAD) break;
      time = load<u64>(at + ZERO_SAMPLE_BYTES - 8) >> 16;
    } else {
      break;
    }
    if ((time & VARINT6_MASK) != VARINT6_BITS) break;
    if (!equalPieces(body, load<u32>(record, RECORD_LIST), bytes)) break;
    const column = <usize>row << 2;
    store<u32>(offsets + column, <u32>body);
    store<u32>(lengths + column, <u32>bytes);
    store<u32>(ids + column, id);
    store<f64>(times + (<usize>sample << 3), <f64>varint6(time));
    store<u64>(values + (<usize>sample << 3), value);
    sample++;
    row++;
    store<u32>(starts + column, sample, 4);
    id = load<u32>(record, RECORD_SUCCESSOR);
    p = body + length;
  }
  if (row == first) return p;
  store<u32>(frame, row, WALK_ROW_TOTAL);
  store<u32>(frame, sample, WALK_SAMPLE_TOTAL);
  store<u32>(frame, id, WALK_NEXT_ID);
  store<u32>(frame, load<u32>(frame, WALK_PREDICTED) + row - first, WALK_PREDICTED);
  store<u32>(frame, 0, WALK_MISS_RUN);
  return p;
}

/** Any field of the request in any legal encoding; leaves the place after it in the cursor. */
function walkTopField(frame: usize, table: usize, p: usize, end: usize): i32 {
  const code = readField(p, end);
  if (code != 0) return fault(frame, code, p);
  const next = fieldEnd;
  store<u32>(frame, <u32>next, WALK_CURSOR);
  if (fieldNumber != 1 && isOneTooMany(frame)) return fault(frame, WALK_FIELDS_FULL, p);
  if (fieldNumber != 1 && fieldNumber != 3) return 0;
  if (fieldWire != 2) return fault(frame, PROTO_FIELD_TYPE, p);
  if (fieldNumber == 3) return addRange(frame, RANGE_METADATA, UNKNOWN, p);
  const failure = walkSeries(frame, table, p, fieldBody, next, end);
  store<u32>(frame, <u32>next, WALK_CURSOR);
  return failure;
}

function open(frame: usize, table: usize): void {
  store<u32>(frame, 0, WALK_ROW_TOTAL);
  store<u32>(frame, 0, WALK_SAMPLE_TOTAL);
  store<u32>(frame, 0, WALK_RANGE_TOTAL);
  store<u32>(frame, 0, WALK_SCRATCH_USED);
  store<u32>(frame, 0, WALK_PREDICTED);
  store<u32>(frame, 0, WALK_FAULT_OFFSET);
  store<u32>(frame, 0, WALK_MISS_RUN);
  store<u32>(frame, 0, WALK_FIELD_TOTAL);
  store<u32>(frame, 0, WALK_UNPREDICTED_END);
  store<u32>(load<u32>(frame, WALK_SAMPLE_STARTS), 0);
  const previous = load<u32>(frame, WALK_PREVIOUS_ID);
  store<u32>(frame, successorOf(table, previous), WALK_NEXT_ID);
}

/** The id that followed `id` last time; UNKNOWN when there is none, or `id` is of another epoch. */
function successorOf(table: usize, id: u32): u32 {
  if (table == 0 || id >= load<u32>(table, IDENTITY_COUNT)) return UNKNOWN;
  return load<u32>(recordOf(table, id), RECORD_SUCCESSOR);
}

/** One time series in `[begin, end)`; `limit` is the end of the request. */
function walkSeries(
  frame: usize,
  table: usize,
  field: usize,
  begin: usize,
  end: usize,
  limit: usize,
): i32 {
  const row = load<u32>(frame, WALK_ROW_TOTAL);
  if (row == load<u32>(frame, WALK_ROWS_MAX)) return fault(frame, WALK_ROWS_FULL, field);
  const times: usize = load<u32>(frame, WALK_TIMES);
  const values: usize = load<u32>(frame, WALK_VALUES);
  const samplesMax = load<u32>(frame, WALK_SAMPLES_MAX);
  let sample = load<u32>(frame, WALK_SAMPLE_TOTAL);
  let id = predict(frame, table, begin, end);
  let runEnd = begin;
  if (id != UNKNOWN) runEnd += <usize>load<u32>(recordOf(table, id), RECORD_LENGTH);
  store<u32>(frame, <u32>begin, WALK_RUN_START);
  let runBytes = runEnd - begin;
  let p = runEnd;
  while (p < end) {
    const tag: u32 = load<u8>(p);
    if (tag == SAMPLE_TAG && sample < samplesMax && isUsualSample(p, end, limit)) {
      store<f64>(times + (<usize>sample << 3), <f64>varint6(load<u64>(p, 12)));
      store<u64>(values + (<usize>sample << 3), load<u64>(p, 3));
      sample++;
      p += SAMPLE_BYTES;
      continue;
    }
    if (tag == LABEL_TAG && p == runEnd && isPlainLabel(p, end)) {
      // Fast path: a label right after the one before it.
      const next = p + 2 + <usize>load<u8>(p, 1);
      if (next > end) return fault(frame, PROTO_TRUNCATED, p);
      runBytes += next - p;
      id = UNKNOWN;
      p = next;
      runEnd = next;
      continue;
    }
    store<u32>(frame, sample, WALK_SAMPLE_TOTAL);
    store<u32>(frame, <u32>runBytes, WALK_RUN_BYTES);
    store<u32>(frame, <u32>runEnd, WALK_RUN_END);
    const code = walkField(frame, row, p, end);
    if (code != 0) return code;
    p = load<u32>(frame, WALK_CURSOR);
    sample = load<u32>(frame, WALK_SAMPLE_TOTAL);
    runEnd = load<u32>(frame, WALK_RUN_END);
    if (runBytes != <usize>load<u32>(frame, WALK_RUN_BYTES)) {
      runBytes = load<u32>(frame, WALK_RUN_BYTES);
      id = UNKNOWN;
    }
  }
  store<u32>(frame, sample, WALK_SAMPLE_TOTAL);
  store<u32>(frame, <u32>runBytes, WALK_RUN_BYTES);
  closeRow(frame, table, row, id);
  return 0;
}

/**
 * The predicted id when its bytes stand at `begin`, else UNKNOWN. Bytes equal to those of former
 * label fields parse as the same fields, so they need no parse; a label after them takes it back.
 */
// @ts-ignore: decorator
@inline
function predict(frame: usize, table: usize, begin: usize, end: usize): u32 {
  const id = load<u32>(frame, WALK_NEXT_ID);
  if (id == UNKNOWN) return UNKNOWN;
  const record = recordOf(table, id);
  const bytes: usize = load<u32>(record, RECORD_LENGTH);
  if (bytes > end - begin) return UNKNOWN;
  if (load<u32>(record, RECORD_SCOPE) != load<u32>(frame, WALK_SCOPE)) return UNKNOWN;
  return equalPieces(begin, load<u32>(record, RECORD_LIST), bytes) ? id : UNKNOWN;
}

// @ts-ignore: decorator
@inline
function isUsualSample(p: usize, end: usize, limit: usize): bool {
  return (
    end - p >= SAMPLE_BYTES &&
    limit - p >= SAMPLE_READ_BYTES &&
    (load<u32>(p) & 0xff_ffff) == SAMPLE_HEAD &&
    load<u8>(p, 11) == SAMPLE_TIME_TAG &&
    (load<u64>(p, 12) & VARINT6_MASK) == VARINT6_BITS
  );
}

/** The 42 bits of a six-byte varint at the low end of `word`. */
// @ts-ignore: decorator
@inline
function varint6(word: u64): i64 {
  return (
    (word & 0x7f) |
    ((word >> 1) & 0x3f80) |
    ((word >> 2) & 0x1f_c000) |
    ((word >> 3) & 0xfe0_0000) |
    ((word >> 4) & 0x7_f000_0000) |
    ((word >> 5) & 0x3f8_0000_0000)
  );
}

/** Settles the row's identity and what is predicted for the next one. */
function closeRow(frame: usize, table: usize, row: u32, matched: u32): void {
  const at = <usize>row << 2;
  const source: usize = load<u32>(frame, WALK_RUN_START);
  const bytes = load<u32>(frame, WALK_RUN_BYTES);
  store<u32>(<usize>load<u32>(frame, WALK_LABELS_OFFSET) + at, <u32>source);
  store<u32>(<usize>load<u32>(frame, WALK_LABELS_BYTES) + at, bytes);
  const samples = load<u32>(frame, WALK_SAMPLE_TOTAL);
  store<u32>(<usize>load<u32>(frame, WALK_SAMPLE_STARTS) + at, samples, 4);
  store<u32>(frame, row + 1, WALK_ROW_TOTAL);
  let id = matched;
  if (table != 0) {
    const scope = load<u32>(frame, WALK_SCOPE);
    const predicted = load<u32>(frame, WALK_NEXT_ID);
    if (id == UNKNOWN && predicted != UNKNOWN) {
      if (recordHolds(recordOf(table, predicted), scope, source, bytes)) id = predicted;
    }
    if (id != UNKNOWN) {
      store<u32>(frame, load<u32>(frame, WALK_PREDICTED) + 1, WALK_PREDICTED);
      store<u32>(frame, 0, WALK_MISS_RUN);
    } else {
      store<u32>(frame, row + 1, WALK_UNPREDICTED_END);
      const misses = load<u32>(frame, WALK_MISS_RUN) + 1;
      store<u32>(frame, misses, WALK_MISS_RUN);
      if (misses <= <u32>WALK_MISSES_INLINE || misses % <u32>WALK_PROBE_EVERY == 0) {
        id = identityFind(table, scope, source, bytes);
        if (id != UNKNOWN) identityCount(table, 1, 0, 0);
      }
    }
    store<u32>(frame, successorOf(table, id), WALK_NEXT_ID);
  }
  store<u32>(<usize>load<u32>(frame, WALK_IDS) + at, id);
}

/** Any field of a time series in any legal encoding; leaves the place after it in the cursor. */
function walkField(frame: usize, row: u32, p: usize, end: usize): i32 {
  const code = readField(p, end);
  if (code != 0) return fault(frame, code, p);
  const next = fieldEnd;
  store<u32>(frame, <u32>next, WALK_CURSOR);
  if (fieldNumber > 4) {
    return isOneTooMany(frame) ? fault(frame, WALK_FIELDS_FULL, p) : 0;
  }
  if (fieldWire != 2) return fault(frame, PROTO_FIELD_TYPE, p);
  if (fieldNumber == 1 && !isPlainLabel(p, end) && isOneTooMany(frame)) {
    return fault(frame, WALK_FIELDS_FULL, p);
  }
  if (fieldNumber == 1) return addLabel(frame, p, next);
  if (fieldNumber == 2) return addSample(frame, p, fieldBody, next);
  return addRange(frame, fieldNumber == 3 ? RANGE_EXEMPLAR : RANGE_HISTOGRAM, row, p);
}

/** Extends the row's run of label bytes by the field `[p, next)`, compacting where it must. */
function addLabel(frame: usize, p: usize, next: usize): i32 {
  const bytes = load<u32>(frame, WALK_RUN_BYTES);
  const field = <u32>(next - p);
  if (bytes == 0 || <usize>load<u32>(frame, WALK_RUN_END) == p) {
    if (bytes == 0) store<u32>(frame, <u32>p, WALK_RUN_START);
    store<u32>(frame, bytes + field, WALK_RUN_BYTES);
    store<u32>(frame, <u32>next, WALK_RUN_END);
    return 0;
  }
  const scratch: usize = load<u32>(frame, WALK_SCRATCH);
  let used = load<u32>(frame, WALK_SCRATCH_USED);
  const start: usize = load<u32>(frame, WALK_RUN_START);
  // A run end of 0 marks a run that lies in scratch already, as its last use.
  const moved: u32 = load<u32>(frame, WALK_RUN_END) == 0 ? 0 : bytes;
  if (<u64>moved + <u64>field > <u64>(load<u32>(frame, WALK_SCRATCH_BYTES) - used)) {
    return fault(frame, WALK_SCRATCH_FULL, p);
  }
  if (moved != 0) {
    memory.copy(scratch + used, start, moved);
    store<u32>(frame, <u32>(scratch + used), WALK_RUN_START);
    store<u32>(frame, 0, WALK_RUN_END);
    used += moved;
  }
  memory.copy(scratch + used, p, field);
  store<u32>(frame, used + field, WALK_SCRATCH_USED);
  store<u32>(frame, bytes + field, WALK_RUN_BYTES);
  return 0;
}

function addSample(frame: usize, field: usize, body: usize, end: usize): i32 {
  const sample = load<u32>(frame, WALK_SAMPLE_TOTAL);
  if (sample == load<u32>(frame, WALK_SAMPLES_MAX)) return fault(frame, WALK_SAMPLES_FULL, field);
  let value: u64 = 0;
  let time: i64 = 0;
  let plainLeft: i32 = SAMPLE_FIELDS_PLAIN;
  for (let p = body; p < end; p = fieldEnd) {
    const code = readField(p, end);
    if (code != 0) return fault(frame, code, p);
    if (plainLeft <= 0 && isOneTooMany(frame)) return fault(frame, WALK_FIELDS_FULL, p);
    plainLeft--;
    if (fieldNumber == 1) {
      if (fieldWire != 1) return fault(frame, PROTO_FIELD_TYPE, p);
      value = load<u64>(fieldBody);
    } else if (fieldNumber == 2) {
      if (fieldWire != 0) return fault(frame, PROTO_FIELD_TYPE, p);
      time = <i64>fieldValue;
    }
  }
  const at = <usize>sample << 3;
  store<f64>(<usize>load<u32>(frame, WALK_TIMES) + at, <f64>time);
  store<u64>(<usize>load<u32>(frame, WALK_VALUES) + at, value);
  store<u32>(frame, sample + 1, WALK_SAMPLE_TOTAL);
  return 0;
}

/** Notes the payload of the field just read. */
function addRange(frame: usize, kind: u32, row: u32, field: usize): i32 {
  const total = load<u32>(frame, WALK_RANGE_TOTAL);
  if (total == load<u32>(frame, WALK_RANGES_MAX)) return fault(frame, WALK_RANGES_FULL, field);
  const range = <usize>load<u32>(frame, WALK_RANGES) + <usize>total * RANGE_BYTES;
  store<u32>(range, kind, RANGE_KIND);
  store<u32>(range, row, RANGE_ROW);
  store<u32>(range, <u32>fieldBody, RANGE_OFFSET);
  store<u32>(range, <u32>(fieldEnd - fieldBody), RANGE_LENGTH);
  store<u32>(frame, total + 1, WALK_RANGE_TOTAL);
  return 0;
}

// @ts-ignore: decorator
@inline
function isPlainLabel(p: usize, end: usize): bool {
  return (
    end - p >= 2 &&
    load<u8>(p) == LABEL_TAG &&
    <u32>load<u8>(p, 1) - PLAIN_LABEL_BYTES_MIN < PLAIN_LABEL_LENGTHS
  );
}

/** Counts an odd field; true when it is one more than is read. */
function isOneTooMany(frame: usize): bool {
  const total = load<u32>(frame, WALK_FIELD_TOTAL);
  if (total == load<u32>(frame, WALK_FIELDS_MAX)) return true;
  store<u32>(frame, total + 1, WALK_FIELD_TOTAL);
  return false;
}

function fault(frame: usize, code: i32, p: usize): i32 {
  store<u32>(frame, <u32>p - load<u32>(frame, WALK_SOURCE), WALK_FAULT_OFFSET);
  return code;
}
