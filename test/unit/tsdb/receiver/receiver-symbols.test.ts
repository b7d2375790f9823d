/**
 * Bodies of remote write 2.0 through the receiver: the same rows as those of 1.0, and the same cached
 * identities. Covers: src/tsdb/receiver/
 */
import { expect, test } from "vitest";
import { VERDICT_SERIES_EMPTY } from "#storage/verdict.ts";
import { ReceiverRig } from "#test/support/receiver-rig.ts";
import { concat, field, text } from "#test/support/proto-wire.ts";
import { encodeWriteRequest2, snappyBody2 } from "#test/support/remote-write-2-body.ts";
import type { TestSeries2 } from "#test/support/remote-write-2-body.ts";
import { snappyBody } from "#test/support/remote-write-body.ts";

const LABELS = [
  ["__name__", "a_total"],
  ["job", "test"],
] as const;
const ONE: TestSeries2 = { labels: LABELS, samples: [[1_700_000_000_000, 1.5]], startMs: 5 };

function submit(rig: ReceiverRig, series: readonly TestSeries2[]) {
  return rig.submit(snappyBody2(series), "snappy", "a", "remote-write-2");
}

for (const twin of [false, true]) {
  test(`a series known from 1.0 is known in 2.0 (${twin ? "twins" : "wasm"})`, async () => {
    const rig = new ReceiverRig({ twin });
    const first = rig.submit(snappyBody([{ labels: LABELS, samples: [[1_700_000_000_000, 1]] }]));
    rig.answerAll();
    await first;
    const second = submit(rig, [ONE]);
    const [{ batch }] = rig.sent as [(typeof rig.sent)[0]];
    expect([batch.labelCount, batch.knownCount]).toEqual([0, 1]);
    expect([batch.timestamps[0], batch.values[0]]).toEqual([1_700_000_000_000, 1.5]);
    rig.answerAll();
    await expect(second).resolves.toMatchObject({ samplesWritten: 1, rejectedCount: 0 });
  });
}

test("a series that brings nothing is refused, the others are not", async () => {
  const rig = new ReceiverRig();
  const described = { labels: [["__name__", "b"]], metadata: { type: 1 } } as const;
  const answer = submit(rig, [ONE, { labels: [["__name__", "empty"]] }, described]);
  expect(rig.sent.filter(({ batch }) => batch.metadata !== null)).toHaveLength(1);
  rig.answerAll();
  await expect(answer).resolves.toMatchObject({
    samplesWritten: 1,
    rejectedCount: 1,
    rejections: [{ verdict: VERDICT_SERIES_EMPTY }],
  });
});

test("references past the symbols, and odd ones, are malformed", async () => {
  const rig = new ReceiverRig();
  const series = (...references: number[]): Uint8Array =>
    concat([
      text(4, ""),
      text(4, "__name__"),
      field(5, concat([field(1, Uint8Array.from(references)), field(2, new Uint8Array())])),
    ]);
  const send = (body: Uint8Array) => rig.submit(body, "identity", "a", "remote-write-2");
  await expect(send(series(1, 2))).rejects.toThrow("past the symbols table at byte 14 of");
  await expect(send(series(1, 0, 1))).rejects.toThrow("not in pairs");
  await expect(send(encodeWriteRequest2([ONE]).subarray(0, 30))).rejects.toThrow("cannot decode");
});

test("symbols that grow past the limit when written out are refused", async () => {
  const rig = new ReceiverRig();
  const labels = Array.from({ length: 60 }, (_, i) => [`n${i}`, "v".repeat(4000)] as const);
  const many = Array.from({ length: 40 }, () => ({ ...ONE, labels: [...LABELS, ...labels] }));
  await expect(submit(rig, many)).rejects.toThrow("with its symbols written out");
});
