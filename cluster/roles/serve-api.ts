/**
 * Serves one listener's API requests inside a query worker. A request is answered exactly once, also
 * when it is cancelled; admission is shared by all listeners of the worker. Streamed answers stay
 * here between two pulls, and end with their last part, a cancel, or the link.
 */
import { EngineError } from "#base/engine-error.ts";
import type { AnswerRest, ApiAnswer, ApiDoor, ApiRequest } from "#http/doors.ts";
import { errorAnswer } from "#http/error-answer.ts";
import type { Admission } from "#query/admission.ts";
import { OVERLOADED } from "#storage/storage-errors.ts";
import type { MessageLink } from "#runtime/worker/message-link.ts";
import { WithTransfer, WorkerHost } from "#runtime/worker/worker-host.ts";
import type { ApiContract, ApiReply } from "./query-worker-contract.ts";

/** Each pins storage for as long as its client reads. */
const STREAMS_MAX = 16;

export function serveApi(link: MessageLink, api: ApiDoor, admission: Admission): void {
  const open = new Map<number, AbortController>();
  const streams = new Map<number, AnswerRest>();
  const host = new WorkerHost<ApiContract>(link, {
    handle: async ({ request, api: asked }) => {
      const controller = new AbortController();
      open.set(request, controller);
      const { rest, ...answer } = await admitted(asked, controller.signal).catch(
        (error: unknown) => {
          open.delete(request);
          throw error;
        },
      );
      if (rest === undefined || controller.signal.aborted) {
        open.delete(request);
        rest?.close();
        return withTransfer({ ...answer, hasRest: false });
      }
      if (streams.size >= STREAMS_MAX) {
        open.delete(request);
        rest.close();
        const cause = `${streams.size} exports are being read`;
        const error = new EngineError(OVERLOADED, `cannot export: ${cause}`);
        return withTransfer({ ...errorAnswer(error), hasRest: false });
      }
      streams.set(request, rest);
      return withTransfer({ ...answer, hasRest: true });
    },
    next: async ({ request }) => {
      const rest = streams.get(request);
      if (rest === undefined) return null;
      let part: Uint8Array | null = null;
      try {
        part = await rest.next();
      } finally {
        if (part === null) close(request);
      }
      return part;
    },
  });
  host.onNotice("cancel", ({ request }) => close(request));
  link.onClosed(() => {
    for (const request of [...open.keys()]) close(request);
  });

  function close(request: number): void {
    open.get(request)?.abort();
    open.delete(request);
    streams.get(request)?.close();
    streams.delete(request);
  }

  async function admitted(asked: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    try {
      using _place = await admission.enter(signal);
      return await api.handle(asked, signal);
    } catch (error) {
      if (error instanceof EngineError) return errorAnswer(error);
      throw error;
    }
  }
}

function withTransfer(reply: ApiReply): ApiReply | WithTransfer<ApiReply> {
  const { buffer } = reply.body;
  // Small bodies may live in a buffer that others share: those are copied.
  const owned = buffer instanceof ArrayBuffer && buffer.byteLength === reply.body.byteLength;
  return owned && reply.body.length > 0 ? new WithTransfer(reply, [buffer]) : reply;
}
