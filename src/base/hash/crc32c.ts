/**
 * CRC-32C (Castagnoli, reflected polynomial 0x82f63b78): the checksum of every record and page.
 * Eight bytes per step over eight tables. The result is an unsigned number, and the checksum of
 * `a + b` is `crc32c(b, crc32c(a))`, so records may be summed in parts. Twin of the wasm kernel.
 */
const POLYNOMIAL = 0x82f6_3b78;

/** Table `k`, entry `b`: the checksum of byte `b` followed by `k` zero bytes. */
const TABLES = buildTables();

/** Checksum of `bytes[start, end)`; `seed` is the checksum of what came before it. */
export function crc32c(
  bytes: Uint8Array,
  seed: number = 0,
  start: number = 0,
  end: number = bytes.length,
): number {
  const tables = TABLES;
  let crc = ~seed;
  let i = start;
  for (; i + 8 <= end; i += 8) {
    const low =
      crc ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24));
    crc =
      tables[1792 + (low & 255)]! ^
      tables[1536 + ((low >>> 8) & 255)]! ^
      tables[1280 + ((low >>> 16) & 255)]! ^
      tables[1024 + (low >>> 24)]! ^
      tables[768 + bytes[i + 4]!]! ^
      tables[512 + bytes[i + 5]!]! ^
      tables[256 + bytes[i + 6]!]! ^
      tables[bytes[i + 7]!]!;
  }
  for (; i < end; i++) crc = tables[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

function buildTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const previous = tables[i - 256]!;
    tables[i] = tables[previous & 255]! ^ (previous >>> 8);
  }
  return tables;
}
