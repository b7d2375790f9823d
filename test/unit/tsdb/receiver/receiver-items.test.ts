/**
 * Exemplars and metadata of bodies: found by the walk, dealt out behind the samples, and metadata
 * that is known to be durable not sent again.
 * Covers: src/tsdb/receiver/item-batches.ts src/tsdb/receiver/item-reader.ts
 * src/tsdb/receiver/item-fields.ts
 */
import { decodeLabels } from "#model/canonical-labels.ts";
import { REPLY_LOG_FAILED } from "#storage/append-reply.ts";
import type { BodyFormat, BodyVerdict } from "#storage/body-appender.ts";
import { VERDICT_EXEMPLAR_INVALID, VERDICT_EXEMPLAR_ORDER } from "#storage/verdict.ts";
import { splitExemplarItems } from "#storage/exemplar-item.ts";
import { splitMetadataItems } from "#storage/metadata-item.ts";
import { concat, double, field, integer, text } from "#test/support/proto-wire.ts";
import { ReceiverRig } from "#test/support/receiver-rig.ts";
import { encodeWriteRequest2, type TestSeries2 } from "#test/support/remote-write-2-body.ts";
import { expect, test } from "vitest";

const LABELS = [
  ["__name__", "parts_total"],
  ["job", "press"],
] as const;
const labelFields = (labels: readonly (readonly [string, string])[]): Uint8Array =>
  concat(labels.map(([name, value]) => field(1, concat([text(1, name), text(2, value)]))));

/** A 1.0 body with an exemplar of its own series and the metadata of a metric. */
function bodyV1(trace: string, help = "Parts made."): Uint8Array {
  const exemplar = concat([labelFields([["trace_id", trace]]), double(2, 1.5), integer(3, 1000)]);
  const metadata = concat([integer(1, 1), text(2, "parts"), text(4, help), text(5, "1")]);
  return concat([field(1, concat([labelFields(LABELS), field(3, exemplar)])), field(3, metadata)]);
}

/** The same as 2.0, with a sample. */
function bodyV2(trace: string): Uint8Array {
  const series: TestSeries2 = {
    labels: LABELS,
    samples: [[1000, 1]],
    exemplars: [{ labels: [["trace_id", trace]], timestampMs: 1000, value: 1.5 }],
    metadata: { type: 1, help: "Parts made.", unit: "1" },
  };
  return encodeWriteRequest2([series]);
}

function send(rig: ReceiverRig, body: Uint8Array, format: BodyFormat): Promise<BodyVerdict> {
  return rig.submit(body, "identity", "a", format);
}

/** What the frames of items bring, as text. */
function sentItems(rig: ReceiverRig): string[] {
  return rig.sent.flatMap(({ batch }) => {
    const { exemplars, metadata } = batch;
    const traces = exemplars === null ? [] : splitExemplarItems(exemplars.bytes, exemplars.count);
    const facts = metadata === null ? [] : splitMetadataItems(metadata.bytes, metadata.count);
    return [
      ...traces.map(({ series, labels, timestampMs, value }) =>
        [...decodeLabels(series), ...decodeLabels(labels), timestampMs, value].join(" "),
      ),
      ...facts.map((item) => Object.values(item.decode()).join(" ")),
    ];
  });
}

for (const twin of [false, true]) {
  test.each(["remote-write-1", "remote-write-2"] as const)(
    `%s (twins: ${twin})`,
    async (format) => {
      const rig = new ReceiverRig({ twin });
      const isV2 = format === "remote-write-2";
      const answer = send(rig, isV2 ? bodyV2("t1") : bodyV1("t1"), format);
      expect(sentItems(rig).toSorted()).toEqual([
        "__name__ parts_total job press trace_id t1 1000 1.5",
        isV2 ? "parts_total 1 1 Parts made." : "parts 1 1 Parts made.",
      ]);
      for (const frame of rig.sent.splice(0)) {
        const written = frame.batch.exemplars?.count ?? 0;
        rig.answer(frame, { exemplars: { written, rejected: 0 } });
      }
      await expect(answer).resolves.toMatchObject({ exemplarsWritten: 1, rejectedCount: 0 });
      expect(rig.receiver.counts).toMatchObject({ exemplars: 1, exemplarsWritten: 1 });
    },
  );
}

test("metadata is sent until it is durable, then when it changes", async () => {
  const rig = new ReceiverRig();
  const failed = send(rig, bodyV1("t1"), "remote-write-1");
  rig.answerAll({ status: REPLY_LOG_FAILED });
  await expect(failed).rejects.toThrow("log has failed");
  for (const expected of [2, 1]) {
    const answer = send(rig, bodyV1("t1"), "remote-write-1");
    expect(sentItems(rig)).toHaveLength(expected);
    rig.answerAll();
    await answer;
  }
  void send(rig, bodyV1("t1", "Other text."), "remote-write-1");
  expect(sentItems(rig)).toContain("parts 1 1 Other text.");
});

test("a rejected exemplar is told in 2.0 and only counted in 1.0", async () => {
  for (const format of ["remote-write-1", "remote-write-2"] as const) {
    const isV2 = format === "remote-write-2";
    const rig = new ReceiverRig();
    const answer = send(rig, isV2 ? bodyV2("t1") : bodyV1("t1"), format);
    const rejection = { verdict: VERDICT_EXEMPLAR_ORDER, series: "p", timestampMs: 1, detail: "" };
    for (const frame of rig.sent.splice(0)) {
      if (frame.batch.exemplars === null) rig.answer(frame);
      else rig.answer(frame, { exemplars: { written: 0, rejected: 1 }, rejections: [rejection] });
    }
    const rejections = isV2 ? [rejection] : [];
    const rejectedCount = rejections.length;
    await expect(answer).resolves.toMatchObject({ exemplarsWritten: 0, rejectedCount, rejections });
  }
});

test("labels of more than 128 characters are refused, 128 of two bytes are not", async () => {
  const rig = new ReceiverRig();
  const accepted = send(rig, bodyV2("ü".repeat(120)), "remote-write-2");
  expect(rig.sent.filter(({ batch }) => batch.exemplars !== null)).toHaveLength(1);
  rig.answerAll();
  await accepted;
  const refused = send(rig, bodyV2("x".repeat(121)), "remote-write-2");
  rig.answerAll();
  await expect(refused).resolves.toMatchObject({
    samplesWritten: 1,
    rejectedCount: 1,
    rejections: [
      {
        verdict: VERDICT_EXEMPLAR_INVALID,
        detail: "labels of 129 characters, want at most 128",
        series: 'parts_total{job="press"}',
      },
    ],
  });
});

test("what cannot be read is passed over, the rest of the body is not", async () => {
  const exemplars = [
    Uint8Array.of(0xff),
    concat([labelFields([["a", "b"]]), double(2, 1), labelFields([["c", "d"]])]),
    concat([Uint8Array.of(3 << 3), new Uint8Array(9).fill(0xff), Uint8Array.of(1)]),
    integer(3, 7),
  ];
  const metadata = [
    text(2, ""),
    concat([text(2, "long"), text(4, "x".repeat(4097))]),
    concat([text(2, "broken"), field(4, Uint8Array.of(0xff))]),
    concat([integer(1, 99), text(2, "odd")]),
  ];
  const rig = new ReceiverRig();
  const body = concat([
    field(1, concat([labelFields(LABELS), ...exemplars.map((one) => field(3, one))])),
    field(1, concat([labelFields([["job", "nameless"]]), field(3, integer(3, 1))])),
    ...metadata.map((one) => field(3, one)),
  ]);
  const answer = send(rig, body, "remote-write-1");
  expect(sentItems(rig).toSorted()).toEqual([
    "__name__ parts_total job press -1 0",
    "__name__ parts_total job press 7 0",
    "odd 0  ",
  ]);
  rig.answerAll();
  await expect(answer).resolves.toMatchObject({ rejectedCount: 0 });
});

test("many items go slice by slice, and wait for room", async () => {
  const rig = new ReceiverRig();
  const exemplars = Array.from({ length: 3000 }, (_, i) => field(3, integer(3, i + 1)));
  const body = field(1, concat([labelFields(LABELS), ...exemplars]));
  rig.hasRoom = false;
  const answer = send(rig, body, "remote-write-1");
  expect(rig.sent).toEqual([]);
  rig.hasRoom = true;
  rig.receiver.pump();
  expect(rig.sent.map(({ batch }) => batch.exemplars!.count)).toEqual([1024, 1024, 952]);
  rig.answerAll();
  await answer;
});
