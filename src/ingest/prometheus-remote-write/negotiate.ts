/**
 * Reads the headers of a remote-write request: which message, which compression. Anything this
 * version cannot read is answered 415 with the reason, so a sender that knows several forms (vmagent,
 * Prometheus with message 2.0) falls back instead of dropping data.
 */
import type { BodyEncoding, BodyFormat } from "#storage/body-appender.ts";
import { headerValue, type WriteHeaders } from "../write-answer.ts";

export type Negotiation =
  | { readonly kind: "accepted"; readonly format: BodyFormat; readonly encoding: BodyEncoding }
  | { readonly kind: "refused"; readonly reason: string };

const MEDIA_TYPE = "application/x-protobuf";
const PROTO_V1 = "prometheus.WriteRequest";
const PROTO_V2 = "io.prometheus.write.v2.Request";
const FORMATS: ReadonlyMap<string, BodyFormat> = new Map([
  [PROTO_V1, "remote-write-1"],
  [PROTO_V2, "remote-write-2"],
]);
const WANT_TYPE = `want ${MEDIA_TYPE} with proto=${PROTO_V1} or proto=${PROTO_V2}`;

export function negotiate(headers: WriteHeaders): Negotiation {
  const message = messageOf(headers);
  if (message.kind === "refused") return message;
  const reason = versionFault(headers);
  if (reason !== null) return { kind: "refused", reason };
  const encoding = encodingOf(headers);
  if (encoding === null) {
    const got = JSON.stringify(String(headers["content-encoding"]));
    return { kind: "refused", reason: `content encoding: got ${got}, want snappy or zstd` };
  }
  return { kind: "accepted", format: message.format, encoding };
}

type Message =
  | { readonly kind: "known"; readonly format: BodyFormat }
  | { readonly kind: "refused"; readonly reason: string };

/** An absent type means message 1.0: the first senders had no parameter to give. */
function messageOf(headers: WriteHeaders): Message {
  const [media = "", ...parameters] = (headerValue(headers, "content-type") ?? "").split(";");
  const type = media.trim().toLowerCase();
  if (type !== "" && type !== MEDIA_TYPE) {
    return refused(`content type: got ${JSON.stringify(type)}`);
  }
  for (const parameter of parameters) {
    const [name = "", value = ""] = parameter.split("=");
    if (name.trim().toLowerCase() !== "proto") continue;
    const proto = value.trim().replaceAll('"', "");
    const format = FORMATS.get(proto);
    if (format === undefined) return refused(`message: got ${JSON.stringify(proto)}`);
    return { kind: "known", format };
  }
  return { kind: "known", format: "remote-write-1" };
}

function refused(got: string): Message {
  return { kind: "refused", reason: `${got}, ${WANT_TYPE}` };
}

/**
 * 0.x is message 1.0, `1` is what vmagent calls it. The type alone says which message it is; a
 * version that nobody has written yet is refused all the same.
 */
function versionFault(headers: WriteHeaders): string | null {
  for (const who of ["prometheus", "victoriametrics"]) {
    const version = headerValue(headers, `x-${who}-remote-write-version`);
    if (version === undefined || /^[012](\.\d+)*$/.test(version)) continue;
    return `remote write version: got ${JSON.stringify(version)}, want 0.1.0 or 2.0.0`;
  }
  return null;
}

/** An absent encoding means snappy, which the protocol prescribes. Case does not matter. */
function encodingOf(headers: WriteHeaders): BodyEncoding | null {
  const given = headers["content-encoding"] ?? "snappy";
  const encoding = typeof given === "string" ? given.toLowerCase() : "";
  return encoding === "snappy" || encoding === "zstd" ? encoding : null;
}
