/**
 * The answers of the import doors. Everything good is stored before any of them: 204 when that was
 * all, 400 when lines or samples were left out, each named. Trouble of ours is 5xx and says how far
 * the import came; sending it again from the start changes nothing that is stored.
 */
import { EngineError } from "#base/engine-error.ts";
import { VERDICT_SERIES_LIMIT, VERDICT_TEXT } from "#storage/verdict.ts";
import type { WriteAnswer } from "../write-answer.ts";
import type { BadLine, ImportOutcome, RefusedSample } from "./import-outcome.ts";

const TEXT_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/plain; charset=utf-8",
};
const RETRY_HEADERS: Readonly<Record<string, string>> = { ...TEXT_HEADERS, "retry-after": "5" };

export function answerImport(outcome: ImportOutcome): WriteAnswer {
  const { badLineCount, badLines, refusedCount, refused, samplesWritten, lineCount } = outcome;
  if (badLineCount === 0 && refusedCount === 0) return { status: 204, headers: {}, text: "" };
  const faults = [
    ...(badLineCount === 0 ? [] : [`${badLineCount} of ${lineCount} lines`]),
    ...(refusedCount === 0 ? [] : [`${refusedCount} samples`]),
  ];
  const head = `cannot import ${faults.join(" and ")}; the rest is stored (${samplesWritten} samples)`;
  const lines = [
    head,
    ...badLines.map(describeLine),
    ...more(badLineCount - badLines.length, "lines"),
    ...refused.map(describeSample),
    ...more(refusedCount - refused.reduce((sum, { count }) => sum + count, 0), "samples"),
  ];
  const isLimited = refused.some(({ rejection }) => rejection.verdict === VERDICT_SERIES_LIMIT);
  const status = isLimited ? 429 : 400;
  return { status, headers: TEXT_HEADERS, text: `${lines.join("\n")}\n` };
}

/** `durableLine` is how far the import came. */
export function answerImportError(error: unknown, durableLine: number): WriteAnswer {
  const stored = durableLine > 0 ? `; lines 1 to ${durableLine} are stored` : "";
  if (!(error instanceof EngineError)) {
    const text = `cannot import: internal error${stored}\n`;
    return { status: 500, headers: RETRY_HEADERS, text };
  }
  const headers = error.retryable ? RETRY_HEADERS : TEXT_HEADERS;
  return { status: error.http, headers, text: `${error.message}${stored}\n` };
}

function describeLine({ number, reason }: BadLine): string {
  return `line ${number}: ${reason.replaceAll(/[\r\n]+/g, " ")}`;
}

function describeSample({ firstLine, lastLine, rejection }: RefusedSample): string {
  const { verdict, detail, timestampMs, series } = rejection;
  const where = firstLine === lastLine ? `line ${firstLine}` : `lines ${firstLine} to ${lastLine}`;
  const reason = VERDICT_TEXT[verdict] ?? `verdict ${verdict}`;
  const more = detail === "" ? "" : ` (${detail})`;
  const at = timestampMs === null ? "" : `, timestamp ${timestampMs} ms`;
  // A line break inside a label value must not look like another line of ours.
  return `${where}: ${reason}${more}: series ${series.replaceAll(/[\r\n]+/g, " ")}${at}`;
}

function more(count: number, what: string): readonly string[] {
  return count > 0 ? [`and ${count} more ${what}`] : [];
}
