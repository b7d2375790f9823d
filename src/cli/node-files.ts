/**
 * Files and streams of the commands that move many bytes: standard input and output included, never
 * a whole file in memory.
 */
import { createReadStream, createWriteStream, renameSync, statSync } from "node:fs";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { CliFiles, HttpReply } from "./cli-deps.ts";

const STANDARD = "-";
/** What a file is called until it is whole. */
const PART = ".part";
/** Few system calls, little memory. */
const READ_BYTES = 256 * 1024;

export const NODE_FILES: CliFiles = {
  sizeOf: (name) => (name === STANDARD ? null : statSync(name).size),
  upload,
  download,
};

async function upload(
  url: string,
  name: string,
  headers: Readonly<Record<string, string>>,
  sent: (bytes: number) => void,
): Promise<HttpReply> {
  const source =
    name === STANDARD ? process.stdin : createReadStream(name, { highWaterMark: READ_BYTES });
  const body = Readable.toWeb(Readable.from(counted(source, sent)));
  const response = await connected(fetch(url, { method: "POST", headers, body, duplex: "half" }));
  return { status: response.status, body: await response.text() };
}

async function download(
  url: string,
  form: URLSearchParams,
  name: string,
  received: (bytes: number) => void,
): Promise<HttpReply> {
  const response = await connected(fetch(url, { method: "POST", body: form }));
  if (response.status !== 200) return { status: response.status, body: await response.text() };
  const source = counted(response.body ?? [], received);
  if (name === STANDARD) await pipeline(source, process.stdout as Writable, { end: false });
  else {
    await pipeline(source, createWriteStream(name + PART, { flush: true }));
    renameSync(name + PART, name);
  }
  return { status: response.status, body: "" };
}

async function* counted(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const part of source) {
    count(part.length);
    yield part;
  }
}

/** fetch hides why a connection failed one level down. */
async function connected(response: Promise<Response>): Promise<Response> {
  try {
    return await response;
  } catch (error) {
    const { cause } = error as { cause?: unknown };
    throw cause instanceof Error ? cause : error;
  }
}
