/** The label fields of a remote write 1.0 series, as one run of bytes. Values are ASCII here. */
import type { ProfileSeries } from "./node-exporter-profile.ts";
import { writeVarint } from "./write-varint.ts";

/** Bytes the labels of a series take at most; bounds the scratch buffer. */
const LABELS_BYTES_MAX = 1024;

export function encodeLabelFields({ labels }: ProfileSeries): Uint8Array {
  const bytes = Buffer.allocUnsafe(LABELS_BYTES_MAX);
  let at = 0;
  for (const [name, value] of labels) {
    at = bytes.writeUInt8(0x0a, at);
    at = writeVarint(bytes, at, name.length + value.length + 4);
    at = bytes.writeUInt8(0x0a, at);
    at = writeVarint(bytes, at, name.length);
    at += bytes.write(name, at, "latin1");
    at = bytes.writeUInt8(0x12, at);
    at = writeVarint(bytes, at, value.length);
    at += bytes.write(value, at, "latin1");
  }
  return new Uint8Array(bytes.subarray(0, at));
}
