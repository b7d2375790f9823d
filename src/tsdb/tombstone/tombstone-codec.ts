/** Bytes of a tombstone in manifest records and log records; drawn in manifest/FORMAT.md. */
import type { ByteReader } from "#base/bytes/byte-reader.ts";
import type { ByteWriter } from "#base/bytes/byte-writer.ts";
import type { Matcher, MatcherKind } from "#model/matcher.ts";
import { U32_MAX, type Seq, type TenantId } from "#model/refs.ts";
import { TOMBSTONE_MATCHERS_MAX, type Tombstone } from "./tombstone.ts";

/** A kind's place is its number in files. */
const KINDS: readonly MatcherKind[] = ["=", "!=", "=~", "!~"];

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export function encodeTombstone(writer: ByteWriter, tombstone: Tombstone): void {
  writer.varint(tombstone.seq);
  writer.varint(tombstone.tenant);
  writer.signedVarint(tombstone.minMs);
  writer.signedVarint(tombstone.maxMs);
  writer.varint(tombstone.matchers.length);
  for (const { kind, name, value } of tombstone.matchers) {
    writer.varint(KINDS.indexOf(kind));
    writeText(writer, name);
    writeText(writer, value);
  }
}

/** Failures stay in the reader. */
export function decodeTombstone(reader: ByteReader): Tombstone {
  const seq = reader.varint() as Seq;
  const tenant = reader.varint();
  if (tenant > U32_MAX) reader.fail(`tenant got ${tenant}`);
  const minMs = reader.signedVarint();
  const maxMs = reader.signedVarint();
  const count = reader.varint();
  if (count < 1 || count > TOMBSTONE_MATCHERS_MAX) reader.fail(`matcher count got ${count}`);
  const matchers: Matcher[] = [];
  while (reader.ok && matchers.length < count) {
    const kind = KINDS[reader.varint()];
    if (kind === undefined) reader.fail("matcher kind unknown");
    const name = readText(reader);
    matchers.push({ kind: kind ?? "=", name, value: readText(reader) });
  }
  return { seq, tenant: tenant as TenantId, minMs, maxMs, matchers };
}

function writeText(writer: ByteWriter, text: string): void {
  const bytes = encoder.encode(text);
  writer.varint(bytes.length);
  writer.bytes(bytes);
}

function readText(reader: ByteReader): string {
  return decoder.decode(reader.bytes(reader.varint()));
}
