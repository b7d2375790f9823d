/** A filled request is a snappy body that says exactly what it was filled with, again and again. */
import fc from "fast-check";
import snappy from "snappy";
import { expect, test } from "vitest";
import { encodeLabelFields } from "../ingest/label-fields.ts";
import { profileSeries } from "../ingest/node-exporter-profile.ts";
import { RequestSkeleton } from "./request-skeleton.ts";

const SERIES_BYTES_AFTER_LABELS = 18;

/** Label fields, value and timestamp of each series, by walking the body as the format draws it. */
function rows(body: Buffer): { labels: Buffer; value: number; timestampMs: number }[] {
  const list = [];
  for (let at = 0; at < body.length;) {
    expect(body[at++]).toBe(0x0a);
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = body[at++]!;
      length |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    const end = at + length;
    const sample = body.subarray(end - SERIES_BYTES_AFTER_LABELS, end);
    expect([...sample.subarray(0, 3), sample[11]]).toEqual([0x12, 16, 0x09, 0x10]);
    let timestampMs = 0;
    for (let k = 5; k >= 0; k--) timestampMs = timestampMs * 128 + (sample[12 + k]! & 127);
    const labels = body.subarray(at, end - SERIES_BYTES_AFTER_LABELS);
    list.push({ labels, value: sample.readDoubleLE(3), timestampMs });
    at = end;
  }
  return list;
}

test("what a filled request says is what it was filled with", () => {
  const id = fc.integer({ min: 0, max: 3000 });
  const clock = fc.integer({ min: 0, max: 4 });
  const samples = fc.array(fc.record({ id, clock }), { minLength: 1, maxLength: 600 });
  const timestamp = fc.integer({ min: 1_000_000_000_000, max: 2_000_000_000_000 });
  const fills = fc.array(fc.array(timestamp, { minLength: 5, maxLength: 5 }), { maxLength: 3 });
  fc.assert(
    fc.property(
      samples,
      fills,
      fc.array(fc.double(), { minLength: 600 }),
      (list, times, numbers) => {
        const labels = list.map((one) => encodeLabelFields(profileSeries(one.id, 0)));
        const clocks = Uint32Array.from(list, (one) => one.clock);
        const skeleton = new RequestSkeleton({ labels, clocks });
        expect(skeleton.sampleCount).toBe(list.length);
        for (const [round, timestamps] of times.entries()) {
          const values = Float64Array.from(list, (_, i) => numbers[(i + round) % numbers.length]!);
          skeleton.fill(values, Float64Array.from(timestamps));
          const got = rows(snappy.uncompressSync(skeleton.bytes) as Buffer);
          expect(got).toEqual(
            list.map((one, i) => ({
              labels: Buffer.from(labels[i]!),
              value: values[i],
              timestampMs: timestamps[one.clock],
            })),
          );
        }
      },
    ),
    { numRuns: 50 },
  );
});
