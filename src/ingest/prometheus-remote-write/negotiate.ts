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
const WANT_TYPE = `want ${MEDIA_TYPE} or ${MEDIA_TYPE};proto=${PROTO_V1}`;

export function negotiate(headers: WriteHeaders): Negotiation {
  const reason = contentTypeFault(headers) ?? versionFault(headers);
  if (reason !== null) return { kind: "refused", reason };
  const encoding = encodingOf(headers);
  if (encoding === null) {
    const got = JSON.stringify(String(headers["content-encoding"]));
    return { kind: "refused", reason: `content encoding: got ${got}, want snappy or zstd` };
  }
  return { kind: "accepted", format: "remote-write-1", encoding };
}

/** An absent type means message 1.0: the first senders had no parameter to give. */
function contentTypeFault(headers: WriteHeaders): string | null {
  const [media = "", ...parameters] = (headerValue(headers, "content-type") ?? "").split(";");
  const type = media.trim().toLowerCase();
  if (type !== "" && type !== MEDIA_TYPE) {
    return `content type: got ${JSON.stringify(type)}, ${WANT_TYPE}`;
  }
  for (const parameter of parameters) {
    const [name = "", value = ""] = parameter.split("=");
    if (name.trim().toLowerCase() !== "proto") continue;
    const proto = value.trim().replaceAll('"', "");
    if (proto === PROTO_V2) {
      return `message ${PROTO_V2} is not supported: send remote write 1.0 (${PROTO_V1})`;
    }
    if (proto !== PROTO_V1) return `message: got ${JSON.stringify(proto)}, ${WANT_TYPE}`;
  }
  return null;
}

/** 0.x is message 1.0, `1` is what vmagent calls it. Absent is fine: the type says it all. */
function versionFault(headers: WriteHeaders): string | null {
  for (const who of ["prometheus", "victoriametrics"]) {
    const version = headerValue(headers, `x-${who}-remote-write-version`);
    if (version === undefined || /^[01](\.\d+)*$/.test(version)) continue;
    return `remote write version: got ${JSON.stringify(version)}, want 0.1.0`;
  }
  return null;
}

/** An absent encoding means snappy, which the protocol prescribes. */
function encodingOf(headers: WriteHeaders): BodyEncoding | null {
  const given = headers["content-encoding"] ?? "snappy";
  return given === "snappy" || given === "zstd" ? given : null;
}
