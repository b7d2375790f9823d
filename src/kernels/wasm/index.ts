/** The functions of `gyre.wasm`. Their TypeScript face is `../kernel-calls.ts`. */
export { snappyDecode } from "./snappy";
export { xxh64Into } from "./xxh64";
export { crc32c } from "./crc32c";
export { isUtf8 } from "./utf8";
export { expandRequest } from "./expand-request";
export { walkWriteRequest } from "./write-request";
export { canonicaliseLabels, walkLabels } from "./labels";
export {
  identityClear,
  identityFind,
  identityInit,
  identityInsert,
  identityLink,
} from "./identity";
export { identityLookup } from "./identity-lookup";
export { forgetShardRefs, packRows, routeRows } from "./route";
export { hashSeries } from "./series-hash";

/** First byte after the constant tables of the module; everything above belongs to the caller. */
export function heapBase(): usize {
  return __heap_base;
}
