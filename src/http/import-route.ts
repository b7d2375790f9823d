/**
 * Imports: finds the format of the body by the path, streams it into an import session, answers when
 * everything is durable. Bodies may be of any length; what is held of one is bounded.
 */
import { parseCsvColumns } from "#ingest/import/csv/csv-columns.ts";
import { csvLines } from "#ingest/import/csv/csv-lines.ts";
import { EXPOSITION_LINES } from "#ingest/import/exposition-lines.ts";
import { parseExtraLabels } from "#ingest/import/extra-labels.ts";
import { answerImport, answerImportError } from "#ingest/import/import-answer.ts";
import { ImportSession } from "#ingest/import/import-session.ts";
import type { ImportPorts } from "#ingest/import/import-store.ts";
import { JSON_LINES } from "#ingest/import/json-lines.ts";
import type { LineReader } from "#ingest/import/line-reader.ts";
import type { WriteAnswer } from "#ingest/write-answer.ts";
import { EngineError } from "#base/engine-error.ts";
import type { Clock, Timers } from "#runtime/ports/clock.ts";
import type { BodyAppender } from "#storage/body-appender.ts";
import type { ApiAnswer } from "./doors.ts";
import { HTTP_BAD_REQUEST } from "./http-errors.ts";
import type { RouteContext } from "./route-context.ts";

export interface ImportDoor {
  readonly appender: BodyAppender;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly retentionMs: number;
  /** Reports what was not an operating error. */
  readonly fault: (error: unknown) => void;
}

const CSV_PATH = "/api/v1/import/csv";
const EXPOSITION_PATH = "/api/v1/import/prometheus";

export async function answerImportRequest(
  context: RouteContext,
  door: ImportDoor,
): Promise<ApiAnswer> {
  const { status, headers, text } = await run(context, door);
  return { status, headers, body: Buffer.from(text) };
}

async function run(context: RouteContext, door: ImportDoor): Promise<WriteAnswer> {
  let session: ImportSession | null = null;
  try {
    session = open(context, door);
    for await (const chunk of context.stream()) await session.push(chunk);
    return answerImport(await session.end());
  } catch (error) {
    door.fault(error);
    return answerImportError(error, session?.durableLine ?? 0);
  }
}

function open(
  { request, tenant, path, query, signal }: RouteContext,
  door: ImportDoor,
): ImportSession {
  const params = new URLSearchParams(query);
  const { appender, clock, timers, retentionMs } = door;
  const ports: ImportPorts = {
    appender,
    clock,
    sleep: (delayMs) => new Promise((resolve) => void timers.after(delayMs, resolve)),
  };
  const { socket, headers } = request;
  return new ImportSession(ports, {
    tenant,
    sender: `${socket.remoteAddress ?? ""} ${headers["user-agent"] ?? ""}`,
    signal,
    reader: readerOf(path, params),
    extraLabels: parseExtraLabels(params.getAll("extra_label")),
    timestampMs: timestampOf(params),
    retentionMs,
  });
}

function readerOf(path: string, params: URLSearchParams): LineReader {
  if (path === CSV_PATH) return csvLines(parseCsvColumns(params.get("format") ?? ""));
  return path === EXPOSITION_PATH ? EXPOSITION_LINES : JSON_LINES;
}

function timestampOf(params: URLSearchParams): number | null {
  const text = params.get("timestamp") ?? "";
  if (text === "") return null;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const cause = `got ${JSON.stringify(text)}, want milliseconds since 1970`;
  throw new EngineError(HTTP_BAD_REQUEST, `cannot read timestamp: ${cause}`);
}
