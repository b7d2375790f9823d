/** Lists of names or values from several selections as one: sorted, unique, cut at the limit. */
import { compareUtf8 } from "#base/bytes/compare-utf8.ts";
import type { MissingParts } from "#storage/missing-parts.ts";
import type { ApiAnswer } from "../doors.ts";
import { noteList } from "./note-list.ts";
import { successAnswer, writeStrings } from "./success-answer.ts";

export function namesAnswer(
  lists: readonly (readonly string[])[],
  limit: number,
  missing: MissingParts | null,
): Promise<ApiAnswer> {
  const [only = [], ...others] = lists;
  // One list is sorted and unique already.
  const names = others.length === 0 ? only : [...new Set(lists.flat())].sort(compareUtf8);
  const notes = noteList(names.length > limit, missing);
  return successAnswer((json) => writeStrings(json, names.slice(0, limit)), notes);
}
