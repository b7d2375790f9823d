/**
 * Encodes and decodes the control file (bytes drawn in `FORMAT.md`). Decoding trusts nothing: a file
 * that fails any check is `control.corrupt`, with what was found, and is left alone.
 */
import { crc32c } from "#base/hash/crc32c.ts";
import { EngineError } from "#base/engine-error.ts";
import type { ControlEntry } from "../ports/control-store.ts";
import { runtimeErrors } from "../runtime-errors.ts";

const MAGIC = "gyre-control";
const VERSION = 0;
/** The header is about 80 bytes; a line break later than this means another kind of file. */
const HEADER_BYTES_MAX = 256;

export interface ControlFileContent {
  readonly revision: number;
  readonly entries: readonly ControlEntry[];
}

export function encodeControlFile(content: ControlFileContent): Uint8Array {
  const entries = content.entries.map((entry) => ({
    key: entry.key,
    modRevision: entry.modRevision,
    value: entry.value.toBase64(),
  }));
  const body = new TextEncoder().encode(JSON.stringify({ revision: content.revision, entries }));
  const header = new TextEncoder().encode(`${JSON.stringify(headerOf(body))}\n`);
  const file = new Uint8Array(header.length + body.length);
  file.set(header);
  file.set(body, header.length);
  return file;
}

export function decodeControlFile(file: Uint8Array): ControlFileContent {
  const lineEnd = file.subarray(0, HEADER_BYTES_MAX).indexOf(0x0a);
  if (lineEnd < 0) throw corrupt("no header line");
  const header = parse(file.subarray(0, lineEnd), "header") as Record<string, unknown>;
  if (header["magic"] !== MAGIC) throw corrupt(`got magic ${String(header["magic"])}`);
  if (header["version"] !== VERSION) {
    throw corrupt(`got format version ${String(header["version"])}, this build reads ${VERSION}`);
  }
  const body = file.subarray(lineEnd + 1);
  const want = headerOf(body);
  if (header["bodyBytes"] !== want.bodyBytes || header["crc32c"] !== want.crc32c) {
    const got = `${String(header["bodyBytes"])} bytes with ${String(header["crc32c"])}`;
    throw corrupt(`the header says ${got}, the body has ${want.bodyBytes} with ${want.crc32c}`);
  }
  return contentOf(parse(body, "body"));
}

interface Header {
  readonly magic: string;
  readonly version: number;
  readonly bodyBytes: number;
  readonly crc32c: string;
}

function headerOf(body: Uint8Array): Header {
  const sum = crc32c(body).toString(16).padStart(8, "0");
  return { magic: MAGIC, version: VERSION, bodyBytes: body.length, crc32c: sum };
}

function contentOf(body: unknown): ControlFileContent {
  const { revision, entries } = (body ?? {}) as { revision?: unknown; entries?: unknown };
  if (!Number.isSafeInteger(revision) || !Array.isArray(entries))
    throw corrupt("body has no entries");
  return {
    revision: revision as number,
    entries: entries.map(({ key, modRevision, value }: Record<string, unknown>) => {
      if (typeof key !== "string" || typeof value !== "string" || typeof modRevision !== "number") {
        throw corrupt("an entry lacks its key, revision or value");
      }
      return { key, modRevision, value: Uint8Array.fromBase64(value) };
    }),
  };
}

function parse(bytes: Uint8Array, part: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw corrupt(`the ${part} is not JSON`, cause);
  }
}

function corrupt(found: string, cause?: unknown): EngineError {
  const message = `cannot read the control file: ${found}`;
  return new EngineError(
    runtimeErrors.controlCorrupt,
    message,
    cause === undefined ? {} : { cause },
  );
}
