/** The functions of `page.wasm`. Their TypeScript face is `../../page-kernel.ts`. */
export { crc32c } from "../crc32c";
export { timestampsEncode, valuesEncode } from "./column-encode";
export { columnDecode } from "./column-decode";
export { digestAdd } from "./digest";
export { miniblockDecode, miniblockEncode } from "./miniblock";

/** First byte after the constant tables of the module; everything above belongs to the caller. */
export function heapBase(): usize {
  return __heap_base;
}
