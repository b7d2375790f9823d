/**
 * Write requests: asks the protocol what the body is, the appender for room, and streams the chunks
 * straight into it. The sink is submitted or aborted exactly once on every path.
 */
import {
  answerError,
  answerOverloaded,
  answerUnsupported,
  answerVerdict,
  withWritten,
} from "#ingest/prometheus-remote-write/handler.ts";
import { negotiate, type Negotiation } from "#ingest/prometheus-remote-write/negotiate.ts";
import type { WriteAnswer } from "#ingest/write-answer.ts";
import type { BodyAppender, BodySink, BodyVerdict } from "#storage/body-appender.ts";
import type { ApiAnswer } from "./doors.ts";
import { checkDeclared, declaredBytes } from "./receive-body.ts";
import type { RouteContext } from "./route-context.ts";

export interface WriteDoor {
  readonly appender: BodyAppender;
  /** The listener's own limit; the appender's may be lower. */
  readonly bodyBytesMax: number;
  /** Reports what was not an operating error. */
  readonly fault: (error: unknown) => void;
}

export async function answerWrite(context: RouteContext, door: WriteDoor): Promise<ApiAnswer> {
  return overHttp(await write(context, door));
}

async function write(context: RouteContext, door: WriteDoor): Promise<WriteAnswer> {
  const negotiated = negotiate(context.request.headers);
  if (negotiated.kind === "refused") return answerUnsupported(negotiated.reason);
  const verdict = await store(context, door, negotiated);
  return "status" in verdict
    ? withWritten(verdict, negotiated.format, null)
    : withWritten(answerVerdict(verdict), negotiated.format, verdict);
}

/** What became of the body, or why nothing is known of it. */
async function store(
  context: RouteContext,
  door: WriteDoor,
  negotiated: Extract<Negotiation, { kind: "accepted" }>,
): Promise<BodyVerdict | WriteAnswer> {
  const { request } = context;
  const bytesMax = Math.min(door.bodyBytesMax, door.appender.bodyBytesMax);
  const { format, encoding } = negotiated;
  let sink: BodySink | null = null;
  try {
    checkDeclared(request, bytesMax);
    const options = { tenant: context.tenant, format, encoding, sender: senderOf(context) };
    // A body without a declared size grows as it comes.
    sink = door.appender.open(options, declaredBytes(request) ?? 0);
    if (sink === null) return answerOverloaded();
    await context.receive(bytesMax, sink.write.bind(sink));
  } catch (error) {
    sink?.abort();
    door.fault(error);
    return answerError(error);
  }
  try {
    return await sink.submit();
  } catch (error) {
    door.fault(error);
    return answerError(error);
  }
}

function senderOf(context: RouteContext): string {
  const { socket, headers } = context.request;
  return `${socket.remoteAddress ?? ""} ${headers["user-agent"] ?? ""}`;
}

function overHttp(answer: WriteAnswer): ApiAnswer {
  return { status: answer.status, headers: answer.headers, body: Buffer.from(answer.text) };
}
