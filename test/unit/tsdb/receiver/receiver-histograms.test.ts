/**
 * Native histograms of bodies: dealt out behind the samples as samples with tagged values, by ref
 * once it is known, and counted apart.
 * Covers: src/tsdb/receiver/histogram-batches.ts src/tsdb/receiver/pending-histograms.ts
 */
import { encodeHistogram } from "#chunk/histogram/encode-histogram.ts";
import { isHistogramTagOf } from "#chunk/histogram/histogram-tag.ts";
import { decodeLabels } from "#model/canonical-labels.ts";
import { labelsRecord } from "#model/labels.ts";
import { makeHistogram } from "#model/histogram/make-histogram.ts";
import { isStaleAt, wordsOf } from "#model/staleness.ts";
import { REPLY_STALE_REFS } from "#storage/append-reply.ts";
import type { BodyFormat, BodyVerdict } from "#storage/body-appender.ts";
import { VERDICT_HISTOGRAM_INVALID, VERDICT_LABELS_INVALID } from "#storage/verdict.ts";
import { histogramMessage } from "#test/support/histogram-message.ts";
import { ReceiverRig } from "#test/support/receiver-rig.ts";
import { encodeWriteRequest } from "#test/support/remote-write-body.ts";
import { encodeWriteRequest2 } from "#test/support/remote-write-2-body.ts";
import type { TestSeries } from "#test/support/remote-write-body.ts";
import { expect, test } from "vitest";

const FORMATS: readonly BodyFormat[] = ["remote-write-1", "remote-write-2"];
const histogramOf = (count: number): ReturnType<typeof makeHistogram> =>
  makeHistogram({ count, sum: count, zeroCount: count });
const messageOf = (count: number, timestampMs: number): Uint8Array =>
  histogramMessage(histogramOf(count), timestampMs, true);
const stale = histogramMessage({ ...histogramOf(0), stale: true }, 9, true);

function submit(
  rig: ReceiverRig,
  series: readonly TestSeries[],
  format: BodyFormat,
): Promise<BodyVerdict> {
  const isV2 = format === "remote-write-2";
  const body = isV2 ? encodeWriteRequest2(series) : encodeWriteRequest(series);
  return rig.submit(body, "identity", "a", format);
}

function named(name: string, histograms: readonly Uint8Array[]): TestSeries {
  return { labels: [["__name__", name]], samples: [], histograms };
}

/** `series timestamp what` of all samples sent so far, what being a value or the item's count. */
function sentSamples(rig: ReceiverRig, items: ReadonlyMap<string, number>): string[] {
  return rig.sent.flatMap(({ batch }) => {
    const words = wordsOf(batch.values);
    const column = batch.histograms;
    return Array.from(batch.timestamps, (timestampMs, i) => {
      const at = column?.sampleIndex.indexOf(i) ?? -1;
      let what = isStaleAt(words, i) ? "stale" : String(batch.values[i]);
      if (column !== null && at >= 0) {
        const [start, end] = [column.start[at]!, column.start[at + 1]!];
        expect(isHistogramTagOf(words, i, column.bytes, start, end)).toBe(true);
        what = `h${items.get(column.bytes.subarray(start, end).toHex())}`;
      }
      const series = batch.series[i]!;
      const isKnown = i < batch.knownCount;
      const { labelBytes, labelStart } = batch;
      const labels = isKnown
        ? `ref ${series}`
        : labelsRecord(decodeLabels(labelBytes.slice(labelStart[series], labelStart[series + 1])))[
            "__name__"
          ];
      return `${labels} ${timestampMs} ${what}`;
    });
  });
}

const ITEMS = new Map(
  [1, 2, 3].map((count) => [encodeHistogram(histogramOf(count), true)!.toHex(), count]),
);

for (const twin of [false, true]) {
  test.each(FORMATS)(`%s: by labels first, by ref then (twins: ${twin})`, async (format) => {
    const rig = new ReceiverRig({ twin });
    const series = [
      named("a", [messageOf(1, 5), messageOf(2, 6)]),
      named("b", [messageOf(3, 5), stale]),
    ];
    const first = submit(rig, series, format);
    const sent = sentSamples(rig, ITEMS);
    expect(sent.toSorted()).toEqual(["a 5 h1", "a 6 h2", "b 5 h3", "b 9 stale"]);
    // One entry for a series, however many histograms it has.
    expect(rig.sent.reduce((sum, { batch }) => sum + batch.labelCount, 0)).toBe(2);
    rig.answerAll();
    await expect(first).resolves.toMatchObject({
      samplesWritten: 0,
      histogramsWritten: 4,
      rejectedCount: 0,
    });
    const again = submit(rig, series, format);
    expect(sentSamples(rig, ITEMS).every((one) => one.startsWith("ref "))).toBe(true);
    expect(rig.sent.every(({ batch }) => batch.labelCount === 0)).toBe(true);
    rig.answerAll();
    await expect(again).resolves.toMatchObject({ histogramsWritten: 4 });
    expect(rig.receiver.counts).toMatchObject({ samples: 8, written: 8, rejected: 0 });
  });
}

test("samples and histograms of one series are counted apart", async () => {
  const rig = new ReceiverRig();
  const mixed: TestSeries = { ...named("a", [messageOf(1, 5)]), samples: [[4, 1.5]] };
  const answer = submit(rig, [mixed], "remote-write-1");
  expect(sentSamples(rig, ITEMS)).toEqual(["a 4 1.5", "a 5 h1"]);
  const [floats, histograms] = rig.sent.splice(0);
  rig.answer(floats!);
  rig.answer(histograms!, {
    writtenCount: 0,
    rejectedCount: 1,
    rejections: [{ verdict: 2, series: "a", timestampMs: 5, detail: "" }],
  });
  await expect(answer).resolves.toMatchObject({
    samplesWritten: 1,
    histogramsWritten: 0,
    rejectedCount: 1,
  });
});

test.each(FORMATS)("%s: what is wrong with one is told, the others go", async (format) => {
  const rig = new ReceiverRig();
  const wrong = histogramMessage({ ...histogramOf(2), count: 3 }, 7, true);
  const series = [
    named("a", [messageOf(1, 5), wrong]),
    { ...named("", [messageOf(2, 5), messageOf(3, 5)]), labels: [["b", "c"]] as const },
  ];
  const answer = submit(rig, series, format);
  expect(sentSamples(rig, ITEMS)).toEqual(["a 5 h1"]);
  rig.answerAll();
  const unnamed = {
    verdict: VERDICT_LABELS_INVALID,
    series: "",
    timestampMs: 5,
    detail: "label __name__ is missing",
  };
  await expect(answer).resolves.toMatchObject({
    histogramsWritten: 1,
    rejectedCount: 3,
    rejections: [
      {
        verdict: VERDICT_HISTOGRAM_INVALID,
        series: "a",
        timestampMs: 7,
        detail: "count 3, got 2 observations in buckets",
      },
      unnamed,
      unnamed,
    ],
  });
});

test("stale refs send the body again, with its labels", async () => {
  const rig = new ReceiverRig();
  const series = [named("a", [messageOf(1, 5)])];
  const first = submit(rig, series, "remote-write-1");
  rig.answerAll();
  await first;
  const second = submit(rig, series, "remote-write-1");
  expect(sentSamples(rig, ITEMS)).toEqual(["ref 1 5 h1"]);
  rig.answerAll({ status: REPLY_STALE_REFS, generation: 2, writtenCount: 0 });
  await Promise.resolve();
  expect(sentSamples(rig, ITEMS)).toEqual(["a 5 h1"]);
  rig.answerAll({ generation: 2 });
  await expect(second).resolves.toMatchObject({ histogramsWritten: 1 });
});

test("a body of many histograms goes in several slices, none of them large", async () => {
  const rig = new ReceiverRig();
  const indexes = Int32Array.from({ length: 300 }, (_, i) => i);
  const wide = makeHistogram({
    count: 300,
    positive: { indexes, counts: new Float64Array(300).fill(1) },
  });
  const series = Array.from({ length: 24 }, (_, n) =>
    named(
      `wide_${n % 20}`,
      Array.from({ length: 15 }, (_unused, i) => histogramMessage(wide, 100 * n + i, false)),
    ),
  );
  const answer = submit(rig, series, "remote-write-1");
  const total = rig.sent.reduce((sum, { batch }) => sum + batch.sampleCount, 0);
  expect(total).toBe(360);
  expect(rig.sent.length).toBeGreaterThan(8);
  for (const { batch } of rig.sent) expect(batch.histograms!.bytes.length).toBeLessThan(600_000);
  rig.answerAll();
  await expect(answer).resolves.toMatchObject({ histogramsWritten: 360 });
});

test("nothing goes while there is no room, and a full identity table is no obstacle", async () => {
  const rig = new ReceiverRig({ identityBytesMax: 64 * 1024 });
  const series = Array.from({ length: 900 }, (_, n) =>
    named(`name_that_fills_the_table_${n}_${"x".repeat(60)}`, [messageOf(1 + (n % 3), n)]),
  );
  rig.hasRoom = false;
  const answer = submit(rig, series, "remote-write-1");
  expect(rig.sent).toEqual([]);
  rig.hasRoom = true;
  rig.receiver.pump();
  expect(sentSamples(rig, ITEMS)).toHaveLength(900);
  rig.answerAll();
  await expect(answer).resolves.toMatchObject({ histogramsWritten: 900, rejectedCount: 0 });
});
