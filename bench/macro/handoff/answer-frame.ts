/**
 * A worker's answer to a body. Counts are words; what a refusal says is rare and travels as JSON.
 *
 *   token u32 │ kind u32 │ samples u32 │ histograms u32 │ exemplars u32 │ rejected u32 │ JSON
 */
import { deserializeError, serializeError } from "#runtime/worker/serialized-error.ts";
import type { SerializedError } from "#runtime/worker/serialized-error.ts";
import type { BodyVerdict, Rejection } from "#storage/body-appender.ts";

const HEADER_BYTES = 24;
const KIND_VERDICT = 0;
const KIND_ERROR = 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encodeVerdict(token: number, verdict: BodyVerdict): Uint8Array {
  const { samplesWritten, histogramsWritten, exemplarsWritten, rejectedCount } = verdict;
  const counts = [samplesWritten, histogramsWritten, exemplarsWritten, rejectedCount];
  const tail = rejectedCount === 0 ? "" : JSON.stringify(verdict.rejections);
  return encode([token, KIND_VERDICT, ...counts], tail);
}

export function encodeFailure(token: number, error: unknown): Uint8Array {
  return encode([token, KIND_ERROR, 0, 0, 0, 0], JSON.stringify(serializeError(error)));
}

export interface AnswerFrame {
  readonly token: number;
  readonly outcome: BodyVerdict | Error;
}

export function decodeAnswer(bytes: Uint8Array): AnswerFrame {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, HEADER_BYTES / 4);
  const token = words[0]!;
  // A decoder takes no shared bytes: `slice` copies them.
  const tail = bytes.length > HEADER_BYTES ? decoder.decode(bytes.slice(HEADER_BYTES)) : "";
  if (words[1] === KIND_ERROR) {
    return { token, outcome: deserializeError(JSON.parse(tail) as SerializedError) };
  }
  const outcome = {
    samplesWritten: words[2]!,
    histogramsWritten: words[3]!,
    exemplarsWritten: words[4]!,
    rejectedCount: words[5]!,
    rejections: tail === "" ? [] : (JSON.parse(tail) as Rejection[]),
  };
  return { token, outcome };
}

function encode(words: readonly number[], tail: string): Uint8Array {
  const text = encoder.encode(tail);
  const bytes = new Uint8Array(HEADER_BYTES + text.length);
  new Uint32Array(bytes.buffer, 0, HEADER_BYTES / 4).set(words);
  bytes.set(text, HEADER_BYTES);
  return bytes;
}
