/**
 * Reads the messages of exemplars and metadata in a 1.0 request, which the walk only finds. Texts are
 * given as places in the bytes read. Null for a message that is not one, or that keeps its labels
 * apart, which no encoder does.
 *
 * Exemplar { repeated Label labels = 1; double value = 2; int64 timestamp = 3 }
 * MetricMetadata { type = 1; string metric_family_name = 2; string help = 4; string unit = 5 }
 */
import { ProtoField } from "#kernels/proto-field.ts";

export interface TextPlace {
  readonly at: number;
  readonly bytes: number;
}

export interface ExemplarFields {
  /** Label fields, tags and lengths included. */
  readonly labels: TextPlace;
  readonly timestampMs: number;
  readonly value: readonly [low: number, high: number];
}

export interface MetadataFields {
  readonly type: number;
  readonly name: TextPlace;
  readonly help: TextPlace;
  readonly unit: TextPlace;
}

const NOWHERE: TextPlace = { at: 0, bytes: 0 };
const VARINT = 0;
const FIXED = 1;
const BYTES = 2;
/** Field number of each text of metadata. */
const NAME = 2;
const HELP = 4;
const UNIT = 5;

export function readExemplarFields(u8: Uint8Array, at: number, end: number): ExemplarFields | null {
  const field = new ProtoField();
  let labels = NOWHERE;
  let timestampMs = 0;
  let value: readonly [number, number] = [0, 0];
  for (let p = at; p < end; p = field.end) {
    if (field.read(u8, p, end) !== 0) return null;
    const { number, wire, body } = field;
    if (number === 1) {
      if (wire !== BYTES || (labels.bytes > 0 && labels.at + labels.bytes !== p)) return null;
      labels = { at: labels.bytes > 0 ? labels.at : p, bytes: labels.bytes + field.end - p };
    } else if (number === 2) {
      if (wire !== FIXED) return null;
      const view = new DataView(u8.buffer, u8.byteOffset + body, 8);
      value = [view.getUint32(0, true), view.getUint32(4, true)];
    } else if (number === 3) {
      if (wire !== VARINT) return null;
      timestampMs = field.signed();
    }
  }
  return { labels, timestampMs, value };
}

export function readMetadataFields(u8: Uint8Array, at: number, end: number): MetadataFields | null {
  const field = new ProtoField();
  const texts = new Map<number, TextPlace>();
  let type = 0;
  for (let p = at; p < end; p = field.end) {
    if (field.read(u8, p, end) !== 0) return null;
    const { number, wire, body } = field;
    if (number === 1) {
      if (wire !== VARINT) return null;
      type = field.signed();
    } else if (number === NAME || number === HELP || number === UNIT) {
      if (wire !== BYTES) return null;
      texts.set(number, { at: body, bytes: field.end - body });
    }
  }
  const textOf = (number: number): TextPlace => texts.get(number) ?? NOWHERE;
  return { type, name: textOf(NAME), help: textOf(HELP), unit: textOf(UNIT) };
}
