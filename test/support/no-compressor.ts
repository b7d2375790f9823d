/** For pages that are not compressed: any use fails the test. */
import type { PageCompressor } from "#chunk/page-compression.ts";
import { assert } from "#base/assert.ts";

export const noCompressor: PageCompressor = {
  compress: () => fail(),
  decompress: () => fail(),
};

function fail(): never {
  assert(false, "page: nothing to compress was expected");
  throw new Error("unreachable");
}
