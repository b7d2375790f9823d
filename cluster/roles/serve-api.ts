/** Serves API requests of one listener on a query worker; each runs under its own abort signal. */
import type { ApiDoor } from "#http/doors.ts";
import type { MessageLink } from "#runtime/worker/message-link.ts";
import { WithTransfer, WorkerHost } from "#runtime/worker/worker-host.ts";
import type { ApiContract } from "./query-worker-contract.ts";

export function serveApi(link: MessageLink, api: ApiDoor): void {
  const open = new Map<number, AbortController>();
  const host = new WorkerHost<ApiContract>(link, {
    handle: async ({ request, api: asked }) => {
      const controller = new AbortController();
      open.set(request, controller);
      try {
        const answer = await api.handle(asked, controller.signal);
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
}
