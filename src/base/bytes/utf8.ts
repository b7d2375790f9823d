/**
 * Strict UTF-8 validity of a byte range: no overlong forms, no surrogates, nothing above U+10FFFF,
 * no cut sequences. Label names and values are judged by it before they are stored.
 */

/** True when `bytes[start, end)` is valid UTF-8. */
export function isUtf8(bytes: Uint8Array, start: number = 0, end: number = bytes.length): boolean {
  let i = start;
  while (i < end) {
    const lead = bytes[i]!;
    if (lead < 0x80) {
      i++;
      continue;
    }
    const length = sequenceBytes(lead);
    if (length === 0 || i + length > end) return false;
    const second = bytes[i + 1]!;
    if (second < secondMin(lead) || second > secondMax(lead)) return false;
    for (let k = 2; k < length; k++) {
      if ((bytes[i + k]! & 0xc0) !== 0x80) return false;
    }
    i += length;
  }
  return true;
}

/** Length that a multi-byte lead announces; 0 for a byte that can never lead. */
function sequenceBytes(lead: number): number {
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

/** E0 and F0 would be overlong below these second bytes. */
function secondMin(lead: number): number {
  if (lead === 0xe0) return 0xa0;
  return lead === 0xf0 ? 0x90 : 0x80;
}

/** ED would be a surrogate, F4 beyond U+10FFFF, above these second bytes. */
function secondMax(lead: number): number {
  if (lead === 0xed) return 0x9f;
  return lead === 0xf4 ? 0x8f : 0xbf;
}
