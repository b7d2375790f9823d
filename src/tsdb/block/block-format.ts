/**
 * Names and fixed parts of block files (FORMAT.md draws them): header, section table and footer.
 * The last sixteen bytes lead to the footer, the footer to everything else.
 */
import { ByteReader } from "#base/bytes/byte-reader.ts";
import { ByteWriter } from "#base/bytes/byte-writer.ts";
import { EngineError } from "#base/engine-error.ts";
import { crc32c } from "#base/hash/crc32c.ts";
import { FORMAT_UNSUPPORTED } from "#storage/storage-errors.ts";
import { blockDamage } from "./block-errors.ts";
import { decodeBlockMeta, encodeBlockMeta } from "./block-meta-codec.ts";
import type { BlockMeta } from "./block-meta.ts";
import type { FileFormat } from "./file-header.ts";

export const BLOCK_FORMAT: FileFormat = {
  magic: "GYREBLK0",
  versionMajor: 0,
  versionMinor: 0,
  versionHash: 0,
};

export const SECTION_LABELS = 1;
export const SECTION_POSTINGS = 2;
export const SECTION_SERIES = 3;
export const SECTION_PAGES = 4;
export const SECTION_HOURS = 5;
/** Page table of a tier's column 1 to 11; see `block-columns.ts`. */
export const SECTION_COLUMN_PAGES = 16;
/** Page table of the histograms of a raw block; only there when it has some. */
export const SECTION_HISTOGRAM_PAGES = 28;
/** Clocks of a raw block that its pages do not hold; only there when there are some. */
export const SECTION_CLOCKS = 29;
/** Any kind above is of a later version. */
const SECTION_KIND_MAX = 29;

export const SECTION_FLAG_COMPRESSED = 1;
/** A reader that does not know the kind must refuse the block instead of passing the section over. */
export const SECTION_FLAG_MUST_UNDERSTAND = 2;

/** Meta, five sections and room to grow; a reader fetches this much at once. */
export const FOOTER_BYTES_MAX = 4096;
export const FOOTER_TAIL_BYTES = 16;
/** "GYREEND0" */
const END_MAGIC = [0x47, 0x59, 0x52, 0x45, 0x45, 0x4e, 0x44, 0x30];
const SECTIONS_MAX = 64;

export interface SectionPlace {
  readonly kind: number;
  readonly flags: number;
  readonly offset: number;
  readonly storedBytes: number;
  readonly rawBytes: number;
  /** Over the stored bytes. */
  readonly crc: number;
}

export interface BlockFooter {
  readonly meta: BlockMeta;
  readonly sections: readonly SectionPlace[];
  /** Identifies the file's content to the manifest. */
  readonly crc: number;
  /** Where the footer begins: the sections end here. */
  readonly offset: number;
}

export function encodeFooter(
  salt: number,
  meta: BlockMeta,
  sections: readonly SectionPlace[],
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly crc: number } {
  const writer = new ByteWriter({ bytesMax: FOOTER_BYTES_MAX });
  encodeBlockMeta(writer, meta);
  writer.varint(sections.length);
  for (const { kind, flags, offset, storedBytes, rawBytes, crc } of sections) {
    writer.varint(kind);
    writer.varint(flags);
    writer.varint(offset);
    writer.varint(storedBytes);
    writer.varint(rawBytes);
    writer.u32(crc);
  }
  writer.align(8);
  writer.u32(writer.length);
  const crc = crc32c(writer.written(), salt);
  writer.u32(crc);
  writer.bytes(Uint8Array.from(END_MAGIC));
  return { bytes: writer.take(), crc };
}

/** `tail` holds the last bytes of a file of `fileBytes`. Throws `storage.corruption` with a reason. */
export function decodeFooter(
  path: string,
  tail: Uint8Array,
  fileBytes: number,
  salt: number,
): BlockFooter {
  const end = tail.length - FOOTER_TAIL_BYTES;
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  if (end < 0 || END_MAGIC.some((byte, i) => tail[end + 8 + i] !== byte)) {
    throw blockDamage(path, `the end mark is missing from ${fileBytes} bytes`, fileBytes);
  }
  const length = view.getUint32(end, true);
  if (length > end) throw blockDamage(path, `footer got ${length} bytes, want at most ${end}`);
  const crc = view.getUint32(end + 4, true);
  const sum = crc32c(tail, salt, end - length, end + 4);
  if (crc !== sum) throw blockDamage(path, `footer checksum got ${crc}, want ${sum}`);
  const reader = new ByteReader(tail, end - length, end);
  const meta = decodeBlockMeta(reader);
  const count = reader.varint();
  if (count > SECTIONS_MAX) reader.fail(`section count got ${count}, want at most ${SECTIONS_MAX}`);
  const sections: SectionPlace[] = [];
  while (reader.ok && sections.length < count) {
    sections.push({
      kind: reader.varint(),
      flags: reader.varint(),
      offset: reader.varint(),
      storedBytes: reader.varint(),
      rawBytes: reader.varint(),
      crc: reader.u32(),
    });
  }
  if (!reader.ok) throw blockDamage(path, `footer: ${reader.failure}`);
  const offset = fileBytes - FOOTER_TAIL_BYTES - length;
  for (const section of sections) checkSection(path, section, offset);
  return { meta, sections, crc, offset };
}

function checkSection(path: string, section: SectionPlace, limit: number): void {
  const { kind, flags, offset, storedBytes } = section;
  if (kind > SECTION_KIND_MAX && (flags & SECTION_FLAG_MUST_UNDERSTAND) !== 0) {
    throw new EngineError(
      FORMAT_UNSUPPORTED,
      `cannot read ${path}: section kind got ${kind}, want at most ${SECTION_KIND_MAX}`,
      { data: { path, kind } },
    );
  }
  if (offset + storedBytes > limit) {
    throw blockDamage(path, `section ${kind} ends at ${offset + storedBytes}, want ${limit}`);
  }
}
