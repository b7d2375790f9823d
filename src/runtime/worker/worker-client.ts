/**
 * Calling end of a worker contract: numbers every call and settles its promise when the answer with
 * that number arrives. When the worker is gone, all open calls are rejected with `worker.exited`
 * and later ones at once: nothing waits for a dead thread.
 */
import { EngineError } from "#base/engine-error.ts";
import { runtimeErrors } from "../runtime-errors.ts";
import type { MessageLink, Transferable } from "./message-link.ts";
import { deserializeError } from "./serialized-error.ts";
import type {
  CallArgs,
  CallName,
  CallResult,
  ClientBound,
  HostBound,
  NoticeName,
  WorkerContract,
} from "./worker-contract.ts";

/** Calls are control traffic and jobs; bulk data goes through rings. More than this is a leak. */
export const CALLS_OPEN_MAX = 4096;

interface OpenCall {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export class WorkerClient<C extends WorkerContract> {
  readonly #link: MessageLink;
  /** For error messages: which worker it was. */
  readonly #name: string;
  readonly #open = new Map<number, OpenCall>();
  readonly #notices = new Map<string, (payload: unknown) => void>();
  #nextId = 1;
  #ended: EngineError | null = null;

  constructor(name: string, link: MessageLink) {
    this.#name = name;
    this.#link = link;
    link.onClosed((cause) => this.#end(cause));
    link.onMessage((message) => this.#receive(message as ClientBound));
  }

  call<M extends CallName<C>>(
    name: M,
    args: CallArgs<C, M>,
    transfer: readonly Transferable[] = [],
  ): Promise<CallResult<C, M>> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    if (this.#open.size >= CALLS_OPEN_MAX) {
      const message = `cannot call ${name} of worker ${this.#name}: ${this.#open.size} calls wait`;
      return Promise.reject(new EngineError(runtimeErrors.workerBusy, message));
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve: resolve as (result: unknown) => void, reject });
      try {
        this.#post({ kind: "call", id, name, args }, transfer);
      } catch (cause) {
        // An argument that cannot be cloned: nothing was sent.
        this.#open.delete(id);
        reject(cause as Error);
      }
    });
  }

  /** Sends without an answer; lost when the worker is gone. */
  notify<N extends NoticeName<C["toHost"]>>(
    name: N,
    payload: C["toHost"][N],
    transfer: readonly Transferable[] = [],
  ): void {
    if (this.#ended === null) this.#post({ kind: "notice", name, payload }, transfer);
  }

  /** One receiver per notice; set it before the worker may send. */
  onNotice<N extends NoticeName<C["toClient"]>>(
    name: N,
    receive: (payload: C["toClient"][N]) => void,
  ): void {
    this.#notices.set(name, receive as (payload: unknown) => void);
  }

  get openCalls(): number {
    return this.#open.size;
  }

  /** Rejects what is open and closes the link. Does not wait for the worker. */
  close(): void {
    this.#end(null);
    this.#link.close();
  }

  #post(message: HostBound, transfer: readonly Transferable[]): void {
    this.#link.post(message, transfer);
  }

  #receive(message: ClientBound): void {
    if (message.kind === "notice") {
      this.#notices.get(message.name)?.(message.payload);
      return;
    }
    const call = this.#open.get(message.id);
    // Answers that come after `close` have no call any more.
    if (call === undefined) return;
    this.#open.delete(message.id);
    if (message.kind === "result") call.resolve(message.result);
    else call.reject(deserializeError(message.error));
  }

  #end(cause: Error | null): void {
    if (this.#ended !== null) return;
    const why = cause === null ? "it is closed" : cause.message;
    this.#ended = new EngineError(
      runtimeErrors.workerExited,
      `cannot reach worker ${this.#name}: ${why}`,
      { data: { worker: this.#name }, ...(cause === null ? {} : { cause }) },
    );
    const calls = [...this.#open.values()];
    this.#open.clear();
    for (const call of calls) call.reject(this.#ended);
  }
}
