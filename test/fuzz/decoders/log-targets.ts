/**
 * Decoders of what logs, series logs, manifests and the small files of a data folder hold. Those
 * that stand behind a checksum get payloads as they are: a checksum that fits says nothing about its
 * maker.
 */
import { ByteReader } from "#base/bytes/byte-reader.ts";
import { ByteWriter } from "#base/bytes/byte-writer.ts";
import { encodeLabels } from "#model/canonical-labels.ts";
import { labelsOf } from "#model/labels.ts";
import { epoch, seq, seriesRef, shardId, tenantId } from "#model/refs.ts";
import { decodeControlFile, encodeControlFile } from "#runtime/control/control-file.ts";
import { encodeExemplarItem, splitExemplarItems } from "#storage/exemplar-item.ts";
import { encodeMetadataItem, splitMetadataItems } from "#storage/metadata-item.ts";
import { blockEntry } from "#test/support/block-entries.ts";
import { decodeFileHeader, encodeFileHeader } from "#tsdb/block/file-header.ts";
import { decodeItemsPayload, encodeItemsPayload } from "#tsdb/items-payload.ts";
import { decodeEdit, encodeEdit } from "#tsdb/manifest/manifest-edit-codec.ts";
import {
  decodeManifestRecord,
  encodeManifestRecord,
  MANIFEST_EDIT,
  MANIFEST_FORMAT,
} from "#tsdb/manifest/manifest-format.ts";
import { formatNodeFile, parseNodeFile } from "#tsdb/node-file.ts";
import {
  decodeSeriesLogRecord,
  encodeSeriesLogRecord,
} from "#tsdb/series-log/series-log-format.ts";
import { decodeCut, encodeCut } from "#tsdb/shard-store/cut-payload.ts";
import { decodeTombstone, encodeTombstone } from "#tsdb/tombstone/tombstone-codec.ts";
import {
  decodeRecordHeader,
  emptyRecordHeader,
  encodeRecordHeader,
} from "#tsdb/wal/record-codec.ts";
import { decodeSamples, encodeSamples, samplesPayloadBytesMax } from "#tsdb/wal/sample-payload.ts";
import { decodeSegmentHeader, encodeSegmentHeader } from "#tsdb/wal/segment-format.ts";
import { SeriesPayloadReader } from "#tsdb/wal/series-payload-reader.ts";
import { SeriesPayloadWriter } from "#tsdb/wal/series-payload-writer.ts";
import type { DecoderTarget } from "./decoder-target.ts";

const SAMPLES = 12;
const SERIES = 4;
const CUT_RUNS = 3;
const NO_SALT = 0;
const HEADER_BYTES = 64;
const owner = { clusterUuid: new Uint8Array(16).fill(0x5c), shard: shardId(3) };
const identity = { clusterUuid: owner.clusterUuid, logId: 7 };
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const series = encodeLabels(
  labelsOf([
    ["__name__", "up"],
    ["job", "node"],
  ]),
);

function samplePayloads(): Uint8Array[] {
  // Runs, columns with near times, columns with far ones.
  const spans = [0, 1000, 2 ** 40];
  return spans.map((span) => {
    const into = new Uint8Array(samplesPayloadBytesMax(SAMPLES));
    const refs = Uint32Array.from({ length: SAMPLES }, (_, i) => (span === 0 ? i : i * 7));
    const times = Float64Array.from({ length: SAMPLES }, (_, i) => 1.7e12 + i * span);
    const values = Float64Array.from({ length: SAMPLES }, (_, i) => i / 3);
    return into.slice(0, encodeSamples(into, refs, times, values, SAMPLES));
  });
}

function seriesPayload(): Uint8Array {
  const writer = new SeriesPayloadWriter();
  writer.reset(tenantId(1));
  for (let ref = 0; ref < SERIES; ref++) {
    writer.add(seriesRef(ref), ref, 1, ref, 2, series, 0, series.length);
  }
  return writer.payload.slice();
}

function exemplars(): Uint8Array {
  const labels = encodeLabels(labelsOf([["trace", "abc"]]));
  const item = encodeExemplarItem({ series, labels, timestampMs: -5, value: [1, 2] });
  return encodeItemsPayload(tenantId(1), [item, item]);
}

function metadata(): Uint8Array {
  const [name, help, unit] = ["up", "Whether it is.", "s"].map((text) => encoder.encode(text));
  const item = encodeMetadataItem({ type: 1, name: name!, help: help!, unit: unit! });
  return encodeItemsPayload(tenantId(1), [item, item]);
}

const tombstone = {
  seq: seq(9),
  tenant: tenantId(1),
  minMs: -5,
  maxMs: 1.7e12,
  matchers: [
    { name: "job", kind: "=~" as const, value: "a|b" },
    { name: "größe", kind: "!=" as const, value: "" },
  ],
};

const edit = encodeEdit({
  epoch: epoch(1),
  addBlocks: [blockEntry(1), blockEntry(2)],
  removeBlocks: [7],
  addTombstones: [tombstone],
  removeTombstones: [seq(3)],
  flushedSeq: seq(77),
  nextBlockId: 3,
});

function tombstoneBytes(): Uint8Array {
  const writer = new ByteWriter({ bytesMax: 1024 });
  encodeTombstone(writer, tombstone);
  return writer.take();
}

function recordHeader(): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const header = { ...emptyRecordHeader(), length: 64, type: 1, shard: 3, count: 5, seq: 2 ** 40 };
  encodeRecordHeader(new DataView(bytes.buffer), 0, header);
  return bytes;
}

function nodeFile(): Uint8Array {
  const rest = { shardCount: 4, lanes: 4, bootCount: 1, shardLogs: [0, 1, 0, -1] };
  const clusterUuid = "5c".repeat(16);
  return encoder.encode(formatNodeFile({ clusterUuid, nodeId: "a", hashSeed: [1, 2], ...rest }));
}

/** Of records that carry labels. */
function labelTargets(): DecoderTarget[] {
  return [
    {
      name: "series payload",
      share: 1,
      valid: [seriesPayload()],
      run: (bytes) => {
        const reader = new SeriesPayloadReader(bytes, SERIES);
        while (reader.next()) continue;
      },
    },
    {
      name: "exemplar payload",
      share: 1,
      valid: [exemplars()],
      run: (bytes) => {
        for (const item of splitExemplarItems(decodeItemsPayload(bytes).bytes, 2)) {
          void item.labels.length;
        }
      },
    },
    {
      name: "metadata payload",
      share: 1,
      valid: [metadata()],
      run: (bytes) => {
        for (const item of splitMetadataItems(decodeItemsPayload(bytes).bytes, 2)) item.decode();
      },
    },
  ];
}

/** Of records in the write-ahead log. */
function recordTargets(): DecoderTarget[] {
  const header = emptyRecordHeader();
  const out = {
    refs: new Uint32Array(SAMPLES),
    timestamps: new Float64Array(SAMPLES),
    values: new Float64Array(SAMPLES),
  };
  const headerAt = { segmentId: 3, salt: 9, previous: { segmentId: 2, offset: 64 } };
  return [
    {
      name: "log segment header",
      share: 1,
      valid: [encodeSegmentHeader(identity, headerAt)],
      run: (bytes) => void decodeSegmentHeader(bytes, "a.wal", identity, 3),
    },
    {
      name: "log record header",
      share: 1,
      valid: [recordHeader()],
      run: (bytes) => {
        if (bytes.length < HEADER_BYTES) return false;
        return decodeRecordHeader(new DataView(bytes.buffer), 0, header);
      },
    },
    {
      name: "sample payload",
      share: 1,
      valid: samplePayloads(),
      run: (bytes) => decodeSamples(bytes, SAMPLES, out),
    },
    {
      name: "cut payload",
      share: 1,
      valid: [
        encodeCut({
          generation: 4,
          seq: 2 ** 40,
          newestMs: 1.7e12,
          nextRef: 9,
          droppedRuns: Uint32Array.from({ length: 2 * CUT_RUNS }, (_, i) => i),
        }),
      ],
      run: (bytes) => void decodeCut(bytes),
    },
  ];
}

export function logTargets(): DecoderTarget[] {
  const header = encodeFileHeader(MANIFEST_FORMAT, owner, 5, 0);
  const record = {
    type: MANIFEST_EDIT,
    version: 3,
    epoch: epoch(1),
    previousCrc: 7,
    payload: edit,
  };
  const control = {
    revision: 7,
    entries: [{ key: "a", modRevision: 3, value: new Uint8Array(9) }],
  };
  const cut = { type: 1, count: 1, payload: new Uint8Array(32) };
  return [
    ...recordTargets(),
    ...labelTargets(),
    {
      name: "tombstone",
      share: 1,
      valid: [tombstoneBytes()],
      run: (bytes) => {
        const reader = new ByteReader(bytes);
        decodeTombstone(reader);
        reader.check("tombstone");
      },
    },
    {
      name: "manifest edit",
      share: 1,
      valid: [edit],
      run: (bytes) => void decodeEdit(bytes, epoch(1), "edit"),
    },
    {
      name: "manifest record",
      share: 1,
      valid: [encodeManifestRecord(NO_SALT, record).bytes],
      run: (bytes) => decodeManifestRecord(bytes, 0, NO_SALT),
    },
    {
      name: "file header",
      share: 1,
      valid: [header],
      run: (bytes) => void decodeFileHeader(bytes, "a", MANIFEST_FORMAT, owner, 5),
    },
    {
      name: "series log record",
      share: 1,
      valid: [encodeSeriesLogRecord(NO_SALT, cut)],
      run: (bytes) => decodeSeriesLogRecord(bytes, 0, NO_SALT),
    },
    {
      name: "node file",
      share: 0.5,
      valid: [nodeFile()],
      run: (bytes) => void parseNodeFile(decoder.decode(bytes)),
    },
    {
      name: "control file",
      share: 0.5,
      valid: [encodeControlFile(control)],
      run: (bytes) => void decodeControlFile(bytes),
    },
  ];
}
