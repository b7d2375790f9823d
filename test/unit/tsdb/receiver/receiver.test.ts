import { zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { decodeLabels } from "#model/canonical-labels.ts";
import { isStaleAt, wordsOf } from "#model/staleness.ts";
import { REPLY_LOG_FAILED, REPLY_STALE_REFS, REPLY_UNAVAILABLE } from "#storage/append-reply.ts";
import { VERDICT_LABELS_INVALID, VERDICT_TOO_OLD } from "#storage/verdict.ts";
import { ReceiverRig } from "#test/support/receiver-rig.ts";
import { encodeWriteRequest, snappyBody } from "#test/support/remote-write-body.ts";
import type { TestSeries } from "#test/support/remote-write-body.ts";

function series(name: string, instance: string, ...samples: [number, number][]): TestSeries {
  return {
    labels: [
      ["__name__", name],
      ["instance", instance],
      ["job", "test"],
    ],
    samples,
  };
}

const two = [series("a_total", "x", [1000, 1]), series("b_total", "x", [1000, 2], [2000, 3])];

/** What the frames say was written: series text, timestamp, value. */
function written(rig: ReceiverRig): string[] {
  return rig.sent
    .flatMap(({ batch }) =>
      Array.from({ length: batch.sampleCount }, (_, i) => {
        const series = batch.series[i]!;
        const name =
          i < batch.knownCount
            ? `ref ${series}`
            : decodeLabels(
                batch.labelBytes,
                batch.labelStart[series]!,
                batch.labelStart[series + 1]!,
              )[1];
        return `${name} ${batch.timestamps[i]} ${batch.values[i]}`;
      }),
    )
    .toSorted();
}

for (const twin of [false, true]) {
  const kernels = twin ? "the TypeScript twins" : "the wasm kernels";

  test(`splits a body by shard and answers when every part is durable (${kernels})`, async () => {
    const rig = new ReceiverRig({ twin });
    const answered = rig.submit(snappyBody(two));
    expect(written(rig)).toEqual(["a_total 1000 1", "b_total 1000 2", "b_total 2000 3"]);
    const frames = rig.sent.splice(0);
    let done = false;
    void answered.then(() => (done = true));
    for (const frame of frames.slice(1)) rig.answer(frame);
    await Promise.resolve();
    expect(done).toBe(frames.length === 0);
    rig.answer(frames[0]!);
    await expect(answered).resolves.toMatchObject({ samplesWritten: 3, rejectedCount: 0 });
  });

  test(`sends refs instead of labels once it has them (${kernels})`, async () => {
    const rig = new ReceiverRig({ twin });
    const first = rig.submit(snappyBody(two));
    rig.answerAll();
    await first;
    const second = rig.submit(snappyBody(two));
    expect(rig.sent.every(({ batch }) => batch.labelCount === 0)).toBe(true);
    expect(written(rig)).toHaveLength(3);
    rig.answerAll();
    await second;
  });
}

test("takes zstd and plain bodies as well", async () => {
  const rig = new ReceiverRig();
  const plain = encodeWriteRequest(two);
  const answers = [
    rig.submit(new Uint8Array(zstdCompressSync(plain)), "zstd"),
    rig.submit(plain, "identity"),
  ];
  expect(written(rig)).toHaveLength(6);
  rig.answerAll();
  await Promise.all(answers);
});

test("a staleness marker reaches the shard with its bits", async () => {
  const rig = new ReceiverRig();
  const body = encodeWriteRequest([series("a", "x", [1000, 1])]);
  // The value is the only run of 8 bytes with a 1 in it.
  const one = Buffer.from(Float64Array.of(1).buffer);
  const at = Buffer.from(body).indexOf(one);
  new DataView(body.buffer, body.byteOffset).setBigUint64(at, 0x7ff0_0000_0000_0002n, true);
  const answered = rig.submit(body, "identity");
  expect(isStaleAt(wordsOf(rig.sent[0]!.batch.values), 0)).toBe(true);
  rig.answerAll();
  await answered;
});

test("bad labels are rejected by name and do not touch the others", async () => {
  const rig = new ReceiverRig();
  const bad: TestSeries = {
    labels: [
      ["__name__", "a"],
      ["x", "1"],
      ["x", "2"],
    ],
    samples: [
      [1, 1],
      [2, 2],
    ],
  };
  for (const round of [1, 2]) {
    const answered = rig.submit(snappyBody([bad, two[0]!]));
    expect(
      rig.sent.reduce((sum, { batch }) => sum + batch.sampleCount, 0),
      `${round}`,
    ).toBe(1);
    rig.answerAll();
    await expect(answered).resolves.toMatchObject({
      samplesWritten: 1,
      rejectedCount: 2,
      rejections: [{ verdict: VERDICT_LABELS_INVALID, detail: expect.stringContaining('"x"') }],
    });
  }
});

test("rejections of shards are passed on", async () => {
  const rig = new ReceiverRig();
  const answered = rig.submit(snappyBody([two[0]!]));
  const rejection = { verdict: VERDICT_TOO_OLD, series: "a", timestampMs: 1, detail: "" };
  rig.answerAll({ writtenCount: 0, rejectedCount: 1, rejections: [rejection] });
  await expect(answered).resolves.toMatchObject({
    samplesWritten: 0,
    rejectedCount: 1,
    rejections: [rejection],
  });
});

test("stale refs make it read the body again, with labels", async () => {
  const rig = new ReceiverRig();
  const first = rig.submit(snappyBody(two));
  rig.answerAll();
  await first;
  const second = rig.submit(snappyBody(two));
  rig.answerAll({ status: REPLY_STALE_REFS, generation: 2, writtenCount: 0 });
  await Promise.resolve();
  expect(rig.sent.every(({ batch }) => batch.knownCount === 0)).toBe(true);
  expect(written(rig)).toEqual(["a_total 1000 1", "b_total 1000 2", "b_total 2000 3"]);
  rig.answerAll({ generation: 2 });
  await expect(second).resolves.toMatchObject({ samplesWritten: 3 });
});

test("a failed shard fails the request with a code that says try again", async () => {
  for (const [status, code] of [
    [REPLY_LOG_FAILED, "storage.log-failed"],
    [REPLY_UNAVAILABLE, "storage.shard-unavailable"],
  ] as const) {
    const rig = new ReceiverRig();
    const answered = rig.submit(snappyBody(two));
    rig.answerAll({ status });
    await expect(answered).rejects.toMatchObject({ code, retryable: true, http: 503 });
  }
});

test("a request that is not durable in time is told so, with the shards that are late", async () => {
  const rig = new ReceiverRig();
  const answered = rig.submit(snappyBody(two));
  const late = rig.sent.map(({ batch }) => batch.shard);
  rig.nowMs = 1001;
  rig.receiver.expire();
  await expect(answered).rejects.toMatchObject({
    code: "storage.deadline-passed",
    message: expect.stringContaining(String(Math.min(...late))),
  });
  // An answer after that finds nobody and harms nobody.
  rig.answerAll();
  expect(rig.receiver.openRequests).toBe(0);
});

test("without room bodies wait their turn, and go on in order", async () => {
  const rig = new ReceiverRig();
  rig.hasRoom = false;
  const answers = [rig.submit(snappyBody([two[0]!])), rig.submit(snappyBody([two[1]!]))];
  expect(rig.sent).toEqual([]);
  rig.hasRoom = true;
  rig.receiver.pump();
  expect(written(rig)).toHaveLength(3);
  rig.answerAll();
  await Promise.all(answers);
});

test("malformed bodies are refused and leave the receiver as it was", async () => {
  const rig = new ReceiverRig();
  const garbage = new Uint8Array(64).fill(0xff);
  for (const encoding of ["snappy", "zstd", "identity"] as const) {
    await expect(rig.submit(garbage, encoding)).rejects.toMatchObject({
      code: "storage.body-malformed",
      http: 400,
    });
  }
  // A header that announces 4 GiB.
  const bomb = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0x00, 0x41);
  await expect(rig.submit(bomb)).rejects.toMatchObject({ code: "storage.body-too-large" });
  const answered = rig.submit(snappyBody(two));
  rig.answerAll();
  await answered;
});

test("a full identity cache starts anew without losing a sample", async () => {
  const rig = new ReceiverRig({ identityBytesMax: 64 * 1024 });
  for (let round = 0; round < 200; round++) {
    const body = snappyBody([series(`m${round}`, `host-${round}`, [round, round])]);
    const answered = rig.submit(body);
    expect(rig.sent.map(({ batch }) => batch.sampleCount)).toEqual([1]);
    rig.answerAll();
    await answered;
  }
});

test("a body with more label sets than the identity cache holds is decoded in parts", async () => {
  for (const twin of [false, true]) {
    const rig = new ReceiverRig({ twin, identityBytesMax: 32 * 1024 });
    const many = Array.from({ length: 1000 }, (_, i) => series(`m${i}`, `host-${i}`, [i, i]));
    const answered = rig.submit(snappyBody(many));
    const names = written(rig).map((text) => text.split(" ")[0]);
    expect(new Set(names).size).toBe(1000);
    rig.answerAll();
    await expect(answered).resolves.toMatchObject({ samplesWritten: 1000, rejectedCount: 0 });
  }
});

test("a new series in every row of a body is named once, and known from its answer on", async () => {
  for (const twin of [false, true]) {
    const rig = new ReceiverRig({ twin });
    // One slice a turn, so that the first is answered before the second is made.
    rig.lookMs = 6;
    const rows = Array.from({ length: 5000 }, (_, i) => series("a", "x", [i, i]));
    const answered = rig.submit(snappyBody(rows));
    const labelCounts: number[] = [];
    for (let turn = 0; turn < 20; turn++) {
      labelCounts.push(...rig.sent.map(({ batch }) => batch.labelCount));
      rig.answerAll();
      rig.deferred.shift()?.();
    }
    await expect(answered).resolves.toMatchObject({ samplesWritten: 5000, rejectedCount: 0 });
    expect(labelCounts).toEqual([1, 0]);
  }
});

test("labels larger than the identity cache are refused, and it goes on", async () => {
  const rig = new ReceiverRig({ identityBytesMax: 32 * 1024 });
  const labels = Array.from({ length: 10 }, (_, i) => [`l${i}`, "x".repeat(4000)] as const);
  const huge: TestSeries = { labels: [["__name__", "a"], ...labels], samples: [[1, 1]] };
  await expect(rig.submit(snappyBody([two[0]!, huge]))).rejects.toMatchObject({
    code: "storage.body-too-large",
  });
  rig.answerAll();
  const answered = rig.submit(snappyBody(two));
  rig.answerAll();
  await expect(answered).resolves.toMatchObject({ samplesWritten: 3 });
});

test("large label sets that are not acceptable take no memory", async () => {
  const rig = new ReceiverRig();
  const bodies = [16_000, 17_000, 17_001].map((bytes) =>
    snappyBody([series("a", "x".repeat(bytes), [1, 1], [2, 2]), two[0]!]),
  );
  const sizes: number[] = [];
  for (const body of bodies) {
    const answered = rig.submit(body);
    rig.answerAll();
    await expect(answered).resolves.toMatchObject({
      samplesWritten: 1,
      rejectedCount: 2,
      rejections: [{ detail: 'a label value is too long in label "instance"' }],
    });
    sizes.push(rig.receiver.identityBytes);
  }
  expect(sizes[0]).toBeGreaterThan(16_000);
  expect(sizes).toEqual([sizes[0], sizes[0], sizes[0]]);
});

test("labels that are long beyond every limit are refused without reading them all", async () => {
  const rig = new ReceiverRig();
  const answered = rig.submit(snappyBody([series("a", "x".repeat(600_000), [1, 1]), two[0]!]));
  rig.answerAll();
  await expect(answered).resolves.toMatchObject({
    samplesWritten: 1,
    rejections: [{ detail: "the labels are too long together" }],
  });
});

test("long work is done in turns, in order, and nobody else goes on with it", async () => {
  const rig = new ReceiverRig();
  const samples = Array.from({ length: 20_000 }, (_, i): [number, number] => [i, i]);
  const first = snappyBody([series("long", "x", ...samples)]);
  rig.lookMs = 6;
  const answers = [rig.submit(first), rig.submit(snappyBody(two))];
  const sentBy = [rig.sent.length];
  while (rig.deferred.length > 0) {
    expect(rig.deferred).toHaveLength(1);
    rig.receiver.pump();
    expect(rig.sent.length).toBe(sentBy.at(-1));
    rig.deferred.shift()!();
    sentBy.push(rig.sent.length);
  }
  expect(sentBy.length).toBeGreaterThan(4);
  expect(rig.sent.slice(0, 5).map(({ batch }) => batch.timestamps[0])).toEqual(
    [0, 1, 2, 3, 4].map((slice) => slice * 4096),
  );
  rig.answerAll();
  await Promise.all(answers);
});

test("many samples of one series are cut into slices", async () => {
  const rig = new ReceiverRig();
  const samples = Array.from({ length: 10_000 }, (_, i): [number, number] => [i, i]);
  const answered = rig.submit(snappyBody([series("long", "x", ...samples)]));
  expect(rig.sent.length).toBeGreaterThan(1);
  expect(rig.sent.every(({ batch }) => batch.labelCount === 1)).toBe(true);
  rig.answerAll();
  await expect(answered).resolves.toMatchObject({ samplesWritten: 10_000 });
});
