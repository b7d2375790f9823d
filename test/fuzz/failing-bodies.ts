/**
 * Bodies that once failed, as files: a line of JSON with the class and the Content-Encoding, then the
 * bytes. Every run begins with them.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FuzzBody } from "./fuzz-body.ts";

const FOLDER = new URL("./regressions", import.meta.url).pathname;
const SUFFIX = ".body";
const NEWLINE = 0x0a;
/** Tries of one shrinking; each is a whole check. */
const TRIES_MAX = 400;

export function failingBodies(): FuzzBody[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(SUFFIX));
  return names.toSorted().map((name) => {
    const bytes = new Uint8Array(readFileSync(join(FOLDER, name)));
    const end = bytes.indexOf(NEWLINE);
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as Head;
    return { mutation: head.mutation, encoding: head.encoding, bytes: bytes.slice(end + 1) };
  });
}

interface Head {
  readonly mutation: string;
  readonly encoding: string;
  /** What failed. */
  readonly why: string;
}

/** Returns the path of the file, which depends on the content alone. */
export function saveFailingBody(body: FuzzBody, why: string): string {
  const { mutation, encoding, bytes } = body;
  const head: Head = { mutation, encoding, why: why.slice(0, 300) };
  const name = createHash("md5").update(encoding).update(bytes).digest("hex").slice(0, 12);
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${mutation}-${name}${SUFFIX}`);
  writeFileSync(path, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), bytes]));
  return path;
}

/** The smallest body found that still fails: pieces are cut out, large ones first. */
export async function shrunk(
  body: FuzzBody,
  fails: (body: FuzzBody) => Promise<boolean>,
): Promise<FuzzBody> {
  let best = body;
  let tries = 0;
  for (let piece = body.bytes.length >> 1; piece >= 1; piece >>= 1) {
    for (let at = 0; at < best.bytes.length && tries < TRIES_MAX;) {
      const { bytes } = best;
      const rest = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + piece)]);
      const candidate = { ...best, bytes: new Uint8Array(rest) };
      tries++;
      if (await fails(candidate)) best = candidate;
      else at += piece;
    }
  }
  return best;
}
