/**
 * The API door of a listener: hands each request to the query worker with the fewest open ones.
 * A client that goes away cancels its request there.
 */
import { must } from "#base/assert.ts";
import type { AnswerRest, ApiAnswer, ApiDoor, ApiRequest } from "#http/doors.ts";
import { WorkerClient } from "#runtime/worker/worker-client.ts";
import type { MessageLink } from "#runtime/worker/message-link.ts";
import type { ApiContract } from "./query-worker-contract.ts";

export class QueryPoolDoor implements ApiDoor {
  readonly #clients: readonly WorkerClient<ApiContract>[];
  #nextRequest = 1;

  constructor(links: readonly MessageLink[]) {
    this.#clients = links.map((link, i) => new WorkerClient(`query ${i}`, link));
  }

  async handle(api: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    signal.throwIfAborted();
    const client = this.#leastBusy();
    const request = this.#nextRequest++;
    const cancel = (): void => client.notify("cancel", { request });
    signal.addEventListener("abort", cancel, { once: true });
    let isStreamed = false;
    try {
      const { hasRest, ...answer } = await client.call("handle", { request, api });
      isStreamed = hasRest;
      return hasRest ? { ...answer, rest: restOf(client, request) } : answer;
    } finally {
      // The client of a streamed answer may still go away while it is read.
      if (!isStreamed) signal.removeEventListener("abort", cancel);
    }
  }

  #leastBusy(): WorkerClient<ApiContract> {
    const byLoad = this.#clients.toSorted((a, b) => a.openCalls - b.openCalls);
    return must(byLoad[0], "a query worker");
  }
}

function restOf(client: WorkerClient<ApiContract>, request: number): AnswerRest {
  let isClosed = false;
  return {
    next: () => (isClosed ? Promise.resolve(null) : client.call("next", { request })),
    close: () => {
      if (!isClosed) client.notify("cancel", { request });
      isClosed = true;
    },
  };
}
