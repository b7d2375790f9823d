/**
 * General compression of whole pages, which kernels cannot do: the caller passes zstd in. Pages are
 * packed already, so most stay as they are.
 */
import { assert } from "#base/assert.ts";
import { crc32c } from "#base/hash/crc32c.ts";
import {
  CRC_OFFSET,
  CRC_START,
  FLAG_ZSTD,
  PAGE_HEADER_BYTES,
  readPageHeader,
  writePageHeader,
} from "./page-header.ts";

export interface PageCompressor {
  compress(bytes: Uint8Array): Uint8Array;
  /** Throws when the bytes are no frame or hold another number of bytes. */
  decompress(bytes: Uint8Array, rawBytes: number): Uint8Array;
}

/** Below this the cost of a call (some 20 us) is not worth it. */
export const COMPRESS_BYTES_MIN: number = 50 * 1024;
/** Compressed pages are slower to read: they must be this much smaller. */
export const COMPRESS_GAIN_MIN = 0.05;

/** The page, compressed when that pays; a sealed page in, a sealed page out. */
export function compressPage(page: Uint8Array, compressor: PageCompressor): Uint8Array {
  if (page.length < COMPRESS_BYTES_MIN) return page;
  const header = readPageHeader(page, 0, page.length);
  assert(header.flags === 0 && header.pageBytes === page.length, "page: not as an encoder made it");
  const body = compressor.compress(page.subarray(PAGE_HEADER_BYTES));
  if (body.length > header.bodyBytes * (1 - COMPRESS_GAIN_MIN)) return page;
  const pageBytes = PAGE_HEADER_BYTES + body.length;
  const sealed = new Uint8Array(pageBytes);
  writePageHeader(sealed, { ...header, flags: FLAG_ZSTD, pageBytes });
  sealed.set(body, PAGE_HEADER_BYTES);
  const view = new DataView(sealed.buffer);
  view.setUint32(CRC_OFFSET, crc32c(sealed, 0, CRC_START), true);
  return sealed;
}
