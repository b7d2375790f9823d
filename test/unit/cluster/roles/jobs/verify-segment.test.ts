/** Covers: cluster/roles/jobs/list-closed-segments.ts */
import { expect, test } from "vitest";
import { listClosedSegments } from "#cluster/roles/jobs/list-closed-segments.ts";
import { VERIFY_WINDOW_BYTES, verifySegment } from "#cluster/roles/jobs/verify-segment.ts";
import type { ClosedSegment, SegmentReport } from "#cluster/roles/jobs/verify-segment.ts";
import { segmentIdOf } from "#tsdb/wal/segment-format.ts";
import { DiskModel } from "#test/sim/disk-model.ts";
import { WalDisk } from "#test/sim/wal-disk.ts";
import { walIdentity } from "#test/sim/wal-world.ts";
import { changedDisk, flipBit, makeClosedLog, segmentPath } from "#test/support/closed-log.ts";

const log = await makeClosedLog();
const intact = new WalDisk(DiskModel.from(log));
const { segments, corruptions } = await listClosedSegments(intact, walIdentity);

function verify(disk: WalDisk, segment: ClosedSegment): Promise<SegmentReport> {
  return verifySegment(disk, walIdentity.logId, segment, async () => {});
}

test("every segment but the newest is finished", () => {
  const ids = [...log.keys()].map((path) => segmentIdOf(path.slice(-12))).filter((id) => id > 0);
  expect(segments.length).toBeGreaterThan(3);
  expect(segments.map(({ segmentId }) => segmentId)).toEqual(
    ids.sort((a, b) => a - b).slice(0, -1),
  );
  expect(corruptions).toEqual([]);
});

test("an intact segment is read to its end", async () => {
  for (const segment of segments) {
    const report = await verify(intact, segment);
    expect(report).toMatchObject({ isThere: true, bytes: segment.end, corruptionCount: 0 });
    expect(report.recordCount).toBeGreaterThan(1);
  }
});

test("any flipped bit behind the header is found where it is", async () => {
  const segment = segments[1]!;
  for (let at = 64; at < segment.end; at += 3) {
    const report = await verify(changedDisk(log, segment.segmentId, flipBit(at, at % 8)), segment);
    expect(report.corruptionCount, `byte ${at}`).toBe(1);
    const [found] = report.corruptions;
    expect(found, `byte ${at}`).toMatchObject({ kind: "record", segmentId: segment.segmentId });
    expect(found!.offset, `byte ${at}`).toBeLessThanOrEqual(at);
    expect(found!.offset + found!.length, `byte ${at}`).toBeGreaterThan(at);
    expect(report.damagedBytes).toBe(found!.length);
  }
});

test("a flipped bit in the header is found when segments are listed", async () => {
  const { segmentId } = segments[1]!;
  for (let at = 0; at < 60; at++) {
    // The version field is no checksum's business: a newer version is refused by name.
    const listed = await listClosedSegments(
      changedDisk(log, segmentId, flipBit(at, 1)),
      walIdentity,
    );
    expect(listed.corruptions, `byte ${at}`).toMatchObject([{ kind: "header", segmentId }]);
    expect(listed.segments, `byte ${at}`).toEqual(segments);
  }
});

test("a segment cut short is found", async () => {
  const segment = segments[1]!;
  const { segmentId, end } = segment;
  const report = await verify(
    changedDisk(log, segmentId, (bytes) => bytes.subarray(0, end - 100)),
    segment,
  );
  expect(report.corruptions.at(-1)).toMatchObject({
    kind: "short",
    offset: end - 100,
    length: 100,
  });
});

test("a segment cut inside its header is short", async () => {
  const segment = segments[1]!;
  const disk = changedDisk(log, segment.segmentId, (bytes) => bytes.subarray(0, 24));
  const report = await verify(disk, segment);
  expect(report.corruptions).toMatchObject([{ kind: "short", offset: 24 }]);
});

test("a segment that was dropped meanwhile is no damage", async () => {
  const segment = segments[0]!;
  const report = await verify(
    changedDisk(log, segment.segmentId, () => null),
    segment,
  );
  expect(report).toMatchObject({ isThere: false, bytes: 0, corruptionCount: 0 });
});

test("bytes behind the end of a segment are nobody's", async () => {
  const segment = segments[1]!;
  const longer = (bytes: Uint8Array): Uint8Array => {
    const grown = new Uint8Array(bytes.length + 64).fill(0xee);
    grown.set(bytes);
    return grown;
  };
  const report = await verify(changedDisk(log, segment.segmentId, longer), segment);
  expect(report.corruptionCount).toBe(0);
});

test("reading pauses once per window", async () => {
  const segment = segments[1]!;
  const { salt, end } = segment;
  const bytes = log.get(segmentPath(segment.segmentId))!;
  const body = bytes.subarray(64, end);
  const copies = Math.ceil((2.5 * VERIFY_WINDOW_BYTES) / body.length);
  const large = new Uint8Array(64 + copies * body.length);
  large.set(bytes.subarray(0, 64));
  for (let i = 0; i < copies; i++) large.set(body, 64 + i * body.length);
  const disk = changedDisk(log, segment.segmentId, () => large);
  const pauses: number[] = [];
  const whole = { segmentId: segment.segmentId, salt, end: large.length };
  await verifySegment(disk, walIdentity.logId, whole, async (done) => void pauses.push(done));
  expect(pauses).toHaveLength(2);
  expect(pauses[0]).toBeGreaterThanOrEqual(VERIFY_WINDOW_BYTES);
});
