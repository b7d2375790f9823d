/** The success envelope: data first, then what the reader should know about it. */
import { JSON_TYPE } from "../error-answer.ts";
import type { ApiAnswer } from "../doors.ts";
import { JsonBytes } from "./json-bytes.ts";

/** Half of what one buffer may hold; an answer this large helps nobody. */
const ANSWER_BYTES_MAX: number = 1024 ** 3;
/** Notes of one kind that are shown; the rest is counted. */
const NOTES_MAX = 10;

export interface Notes {
  /** The answer lacks something: the header `X-Partial` says so. */
  readonly isPartial?: boolean;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

export const NO_NOTES: Notes = { warnings: [], infos: [] };

export async function successAnswer(
  writeData: (json: JsonBytes) => void | Promise<void>,
  notes: Notes,
): Promise<ApiAnswer> {
  const json = new JsonBytes(ANSWER_BYTES_MAX);
  json.raw('{"status":"success","data":');
  await writeData(json);
  writeNotes(json, "warning", notes.warnings);
  writeNotes(json, "info", notes.infos);
  json.raw("}");
  const partial = notes.isPartial === true ? { "x-partial": "1" } : {};
  return { status: 200, headers: { "content-type": JSON_TYPE, ...partial }, body: json.finish() };
}

/** A list of strings as JSON. */
export function writeStrings(json: JsonBytes, texts: readonly string[]): void {
  json.raw("[");
  for (let i = 0; i < texts.length; i++) {
    if (i > 0) json.raw(",");
    json.string(texts[i]!);
  }
  json.raw("]");
}

function writeNotes(json: JsonBytes, kind: string, notes: readonly string[]): void {
  if (notes.length === 0) return;
  const hidden = notes.length - NOTES_MAX;
  const more = hidden > 0 ? [`${hidden} more ${kind} annotations omitted`] : [];
  json.raw(`,"${kind}s":`);
  writeStrings(json, [...notes.slice(0, NOTES_MAX), ...more]);
}
