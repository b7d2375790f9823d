/**
 * Serves API requests of one listener on a query worker: each waits for its turn and runs under its
 * own abort signal. The admission is shared by all listeners of the worker.
 */
import { EngineError } from "#base/engine-error.ts";
import type { ApiAnswer, ApiDoor, ApiRequest } from "#http/doors.ts";
import { errorAnswer } from "#http/error-answer.ts";
import type { Admission } from "#query/admission.ts";
import type { MessageLink } from "#runtime/worker/message-link.ts";
import { WithTransfer, WorkerHost } from "#runtime/worker/worker-host.ts";
import type { ApiContract } from "./query-worker-contract.ts";

export function serveApi(link: MessageLink, api: ApiDoor, admission: Admission): void {
  const open = new Map<number, AbortController>();
  const host = new WorkerHost<ApiContract>(link, {
    handle: async ({ request, api: asked }) => {
      const controller = new AbortController();
      open.set(request, controller);
      try {
        const answer = await admitted(asked, controller.signal);
        const { buffer } = answer.body;
        // Small bodies may live in a buffer that others share: those are copied.
        const owned = buffer instanceof ArrayBuffer && buffer.byteLength === answer.body.byteLength;
        return owned ? new WithTransfer(answer, [buffer]) : answer;
      } finally {
        open.delete(request);
      }
    },
  });
  host.onNotice("cancel", ({ request }) => open.get(request)?.abort());
  link.onClosed(() => {
    for (const controller of open.values()) controller.abort();
  });

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
