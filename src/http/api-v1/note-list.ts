/** What a list of series, names or values tells beside itself: that it was cut, what it lacks. */
import type { MissingParts } from "#storage/missing-parts.ts";
import { TRUNCATED } from "./query-answer.ts";
import type { Notes } from "./success-answer.ts";

export function noteList(isCut: boolean, missing: MissingParts | null): Notes {
  const warnings = [...(missing?.warnings ?? []), ...(isCut ? [TRUNCATED] : [])];
  return { warnings, infos: [], isPartial: missing?.isEmpty === false };
}
