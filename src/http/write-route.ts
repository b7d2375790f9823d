/**
 * Write requests: asks the protocol what the body is, the appender for room, and streams the chunks
 * straight into it. The sink is submitted or aborted exactly once on every path.
 */
import {
  answerOverloaded,
  answerUnsupported,
  withWritten,
} from "#ingest/prometheus-remote-write/handler.ts";
import { negotiate } from "#ingest/prometheus-remote-write/negotiate.ts";
import type { BodyAppender, BodySink } from "#storage/body-appender.ts";
import { answerBody, answerBodyError, overHttp, type ReportFault } from "./body-answer.ts";
import type { ApiAnswer } from "./doors.ts";
import { checkDeclared, declaredBytes } from "./receive-body.ts";
import type { RouteContext } from "./route-context.ts";
import { senderOf } from "./sender-of.ts";

export interface WriteDoor {
  readonly appender: BodyAppender;
  /** The listener's own limit; the appender's may be lower. */
  readonly bodyBytesMax: number;
  readonly fault: ReportFault;
}

export async function answerWrite(context: RouteContext, door: WriteDoor): Promise<ApiAnswer> {
  const { request, tenant } = context;
  const negotiated = negotiate(request.headers);
  if (negotiated.kind === "refused") return overHttp(answerUnsupported(negotiated.reason));
  const bytesMax = Math.min(door.bodyBytesMax, door.appender.bodyBytesMax);
  const { format, encoding } = negotiated;
  let sink: BodySink | null = null;
  try {
    checkDeclared(request, bytesMax);
    const sender = senderOf(request.socket, request.headers["user-agent"]);
    // A body without a declared size grows as it comes.
    sink = door.appender.open({ tenant, format, encoding, sender }, declaredBytes(request) ?? 0);
    if (sink === null) return overHttp(withWritten(answerOverloaded(), format, null));
    await context.receive(bytesMax, sink.write.bind(sink));
  } catch (error) {
    sink?.abort();
    return answerBodyError(error, format, door.fault);
  }
  return answerBody(sink, format, door.fault);
}
