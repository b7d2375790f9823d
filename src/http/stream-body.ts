/**
 * The body of a request as a stream of decompressed chunks, for bodies of any length. The reader
 * sets the pace: while it works on a chunk the client waits, and only the time spent waiting for
 * the client counts against it.
 */
import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import { EngineError, type ErrorCode } from "#base/engine-error.ts";
import type { Timers } from "#runtime/ports/clock.ts";
import {
  HTTP_BAD_REQUEST,
  HTTP_BODY_TIMEOUT,
  HTTP_CLIENT_GONE,
  HTTP_MEDIA_TYPE,
} from "./http-errors.ts";

/** What one step of decompression may give: a small body cannot swell into memory. */
const CHUNK_BYTES = 64 * 1024;

/** Throws `http.media-type` before anything is read. */
export function streamBody(
  request: IncomingMessage,
  idleMs: number,
  timers: Timers,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = decoded(request);
  return chunksOf(request, source, idleMs, timers);
}

async function* chunksOf(
  request: IncomingMessage,
  source: Readable,
  idleMs: number,
  timers: Timers,
): AsyncGenerator<Uint8Array, void, undefined> {
  // A broken connection reports an error and then a close; the close is what counts.
  request.on("error", ignore);
  const gone = new AbortController();
  const onClose = (): void => {
    // Also comes after a whole body.
    if (!request.complete) gone.abort();
  };
  request.on("close", onClose);
  // The request is not destroyed at the end: its connection still carries the answer.
  const chunks = source.iterator({ destroyOnReturn: false });
  try {
    for (;;) {
      const next = await withinTime(chunks.next(), gone.signal, idleMs, timers);
      if (next.done === true) return;
      yield next.value as Uint8Array;
    }
  } catch (error) {
    if (error instanceof EngineError) throw error;
    if (!request.complete && request.destroyed) throw refused(HTTP_CLIENT_GONE, CLIENT_GONE, error);
    throw refused(HTTP_BAD_REQUEST, (error as Error).message, error);
  } finally {
    request.off("close", onClose);
    if (source !== request) {
      request.unpipe();
      source.on("error", ignore).destroy();
    }
  }
}

const CLIENT_GONE = "the client went away";

function withinTime<T>(
  next: Promise<T>,
  gone: AbortSignal,
  idleMs: number,
  timers: Timers,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const onGone = (): void => {
      timer.cancel();
      reject(refused(HTTP_CLIENT_GONE, CLIENT_GONE));
    };
    const timer = timers.after(idleMs, () => {
      gone.removeEventListener("abort", onGone);
      reject(refused(HTTP_BODY_TIMEOUT, `got nothing for ${idleMs} ms and no end`));
    });
    gone.addEventListener("abort", onGone, { once: true });
    next.then(resolve, reject).finally(() => {
      timer.cancel();
      gone.removeEventListener("abort", onGone);
    });
  });
}

function decoded(request: IncomingMessage): Readable {
  const encoding = request.headers["content-encoding"] ?? "identity";
  switch (encoding) {
    case "identity":
    case "":
      return request;
    case "gzip":
      return request.pipe(createGunzip({ chunkSize: CHUNK_BYTES }));
    case "deflate":
      return request.pipe(createInflate({ chunkSize: CHUNK_BYTES }));
    case "zstd":
      return request.pipe(createZstdDecompress({ chunkSize: CHUNK_BYTES }));
    default: {
      const cause = `got content encoding ${JSON.stringify(encoding)}`;
      throw refused(HTTP_MEDIA_TYPE, `${cause}, want gzip, deflate, zstd or none`);
    }
  }
}

function refused(kind: ErrorCode, cause: string, error?: unknown): EngineError {
  return new EngineError(kind, `cannot read the request body: ${cause}`, { cause: error });
}

function ignore(): void {}
