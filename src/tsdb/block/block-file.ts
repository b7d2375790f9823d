/**
 * An open block file: header and footer checked at open, each section and page when it is read.
 * Holds no index; see `block-reader.ts`.
 */
import { EngineError, isErrorOf } from "#base/engine-error.ts";
import { crc32c } from "#base/hash/crc32c.ts";
import type { PageCompressor } from "#chunk/page-compression.ts";
import type { Disk, DiskFile } from "#runtime/ports/disk.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";
import { blockDamage } from "./block-errors.ts";
import {
  BLOCK_FORMAT,
  decodeFooter,
  FOOTER_BYTES_MAX,
  FOOTER_TAIL_BYTES,
  SECTION_FLAG_COMPRESSED,
  type BlockFooter,
} from "./block-format.ts";
import type { BlockMeta } from "./block-meta.ts";
import { decodeFileHeader, FILE_HEADER_BYTES, type FileOwner } from "./file-header.ts";
import { pageMark } from "./page-packer.ts";
import type { PageTable } from "./page-table.ts";
import { readRange } from "./read-range.ts";
import { SECTION_BYTES_MAX } from "./section-columns.ts";

/** Compressed pages may grow by a frame; anything above is a wrong table. */
const PAGE_STORED_BYTES_MAX: number = 80 * 1024;

export class BlockFile {
  readonly path: string;
  readonly fileBytes: number;
  readonly footer: BlockFooter;
  readonly #file: DiskFile;
  readonly #salt: number;

  private constructor(file: DiskFile, fileBytes: number, footer: BlockFooter, salt: number) {
    this.path = file.path;
    this.fileBytes = fileBytes;
    this.footer = footer;
    this.#file = file;
    this.#salt = salt;
  }

  /** `owner` is the shard that wrote the file. */
  static async open(
    disk: Disk,
    path: string,
    owner: FileOwner,
    blockId: number,
  ): Promise<BlockFile> {
    const file = await openListed(disk, path);
    try {
      return await BlockFile.over(file, owner, blockId);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Takes over the open file when it is a sound block. */
  static async over(file: DiskFile, owner: FileOwner, blockId: number): Promise<BlockFile> {
    const { path } = file;
    const fileBytes = await file.size();
    if (fileBytes < FILE_HEADER_BYTES + FOOTER_TAIL_BYTES) {
      throw blockDamage(path, `got ${fileBytes} bytes, want a header and a footer`);
    }
    const head = await readRange(file, 0, FILE_HEADER_BYTES);
    const { salt, tag } = decodeFileHeader(head, path, BLOCK_FORMAT, owner, blockId);
    const tailBytes = Math.min(fileBytes - FILE_HEADER_BYTES, FOOTER_BYTES_MAX + FOOTER_TAIL_BYTES);
    const tail = await readRange(file, fileBytes - tailBytes, tailBytes);
    const footer = decodeFooter(path, tail, fileBytes, salt);
    if (footer.meta.blockId !== blockId || footer.meta.tier !== tag) {
      throw blockDamage(path, `footer is of block ${footer.meta.blockId}, want ${blockId}`);
    }
    return new BlockFile(file, fileBytes, footer, salt);
  }

  get meta(): BlockMeta {
    return this.footer.meta;
  }

  hasSection(kind: number): boolean {
    return this.footer.sections.some((section) => section.kind === kind);
  }

  /** The bytes of a section, checked and uncompressed, 8-aligned, owned by the caller. */
  async section(kind: number, compressor: PageCompressor): Promise<Uint8Array<ArrayBuffer>> {
    const place = this.footer.sections.find((section) => section.kind === kind);
    if (place === undefined) throw blockDamage(this.path, `section ${kind} is missing`);
    const { offset, storedBytes, rawBytes, flags } = place;
    if (rawBytes > SECTION_BYTES_MAX) {
      throw blockDamage(this.path, `section ${kind} got ${rawBytes} bytes`, offset);
    }
    const stored = await readRange(this.#file, offset, storedBytes);
    const crc = crc32c(stored, this.#salt);
    if (crc !== place.crc) {
      const cause = `section ${kind} checksum got ${crc}, want ${place.crc}`;
      throw blockDamage(this.path, cause, offset);
    }
    const isCompressed = (flags & SECTION_FLAG_COMPRESSED) !== 0;
    const raw = isCompressed ? this.#unpack(stored, rawBytes, kind, compressor) : stored;
    if (raw.length === rawBytes) return raw;
    throw blockDamage(this.path, `section ${kind} got ${raw.length} bytes, want ${rawBytes}`);
  }

  /** Reads page `page` into `buffer` and returns its bytes, a view of it. */
  async page(
    table: PageTable,
    page: number,
    buffer: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const offset = table.offset(page);
    const length = table.length(page);
    if (length > buffer.length) {
      throw blockDamage(this.path, `page ${page} got ${length} bytes, want ${buffer.length}`);
    }
    const bytes = await readRange(this.#file, offset, length, buffer);
    const mark = pageMark(bytes, this.#salt);
    if (mark === table.mark(page)) return bytes;
    const cause = `page ${page} mark got ${mark}, want ${table.mark(page)}`;
    throw blockDamage(this.path, cause, offset);
  }

  /** A buffer that any page fits. */
  static pageBuffer(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(PAGE_STORED_BYTES_MAX);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  #unpack(
    stored: Uint8Array,
    rawBytes: number,
    kind: number,
    compressor: PageCompressor,
  ): Uint8Array<ArrayBuffer> {
    try {
      // A copy: the views of a section want a multiple of eight to begin on.
      return new Uint8Array(compressor.decompress(stored, rawBytes));
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      if (error instanceof EngineError) throw error;
      throw blockDamage(this.path, `section ${kind} does not unpack: ${cause}`);
    }
  }
}

/** Whoever asks has the name from a manifest: a file that is not there was lost. */
async function openListed(disk: Disk, path: string): Promise<DiskFile> {
  try {
    return await disk.open(path, "read");
  } catch (error) {
    if (isErrorOf(error, runtimeErrors.diskNotFound)) throw blockDamage(path, "the file is gone");
    throw error;
  }
}
