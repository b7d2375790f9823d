/** Lists of names or values from several selections as one: sorted, unique, cut at the limit. */
import { compareUtf8 } from "#base/bytes/compare-utf8.ts";
import type { ApiAnswer } from "../doors.ts";
import { TRUNCATED } from "./query-answer.ts";
import { NO_NOTES, successAnswer, writeStrings } from "./success-answer.ts";

export function namesAnswer(
  lists: readonly (readonly string[])[],
  limit: number,
): Promise<ApiAnswer> {
  const [only = [], ...others] = lists;
  // One list is sorted and unique already.
  const names = others.length === 0 ? only : [...new Set(lists.flat())].sort(compareUtf8);
  const notes = names.length > limit ? { warnings: [TRUNCATED], infos: [] } : NO_NOTES;
  return successAnswer((json) => writeStrings(json, names.slice(0, limit)), notes);
}
