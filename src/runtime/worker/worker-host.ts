/**
 * Serving end of a worker contract: runs the handler named by a call and posts its result or its
 * error. A handler that fails answers its call and nothing else; what that means for the worker is
 * the handler's business. Results wrapped by `withTransfer` move their buffers.
 */
import { EngineError } from "#base/engine-error.ts";
import { runtimeErrors } from "../runtime-errors.ts";
import type { MessageLink, Transferable } from "./message-link.ts";
import { serializeError } from "./serialized-error.ts";
import type {
  CallArgs,
  CallName,
  CallResult,
  ClientBound,
  HostBound,
  NoticeName,
  WorkerContract,
} from "./worker-contract.ts";

/** A result together with the buffers that move instead of being copied. */
export class WithTransfer<T> {
  readonly result: T;
  readonly transfer: readonly Transferable[];

  constructor(result: T, transfer: readonly Transferable[]) {
    this.result = result;
    this.transfer = transfer;
  }
}

type Answer<T> = T | WithTransfer<T>;

export type CallHandlers<C extends WorkerContract> = {
  readonly [M in CallName<C>]: (
    args: CallArgs<C, M>,
  ) => Answer<CallResult<C, M>> | Promise<Answer<CallResult<C, M>>>;
};

export class WorkerHost<C extends WorkerContract> {
  readonly #link: MessageLink;
  readonly #handlers: CallHandlers<C>;
  readonly #notices = new Map<string, (payload: unknown) => void>();

  /** Starts to serve at once: register notices in the same turn. */
  constructor(link: MessageLink, handlers: CallHandlers<C>) {
    this.#link = link;
    this.#handlers = handlers;
    link.onMessage((message) => this.#receive(message as HostBound));
  }

  notify<N extends NoticeName<C["toClient"]>>(
    name: N,
    payload: C["toClient"][N],
    transfer: readonly Transferable[] = [],
  ): void {
    this.#post({ kind: "notice", name, payload }, transfer);
  }

  onNotice<N extends NoticeName<C["toHost"]>>(
    name: N,
    receive: (payload: C["toHost"][N]) => void,
  ): void {
    this.#notices.set(name, receive as (payload: unknown) => void);
  }

  #receive(message: HostBound): void {
    if (message.kind === "notice") this.#notices.get(message.name)?.(message.payload);
    else void this.#serve(message.id, message.name, message.args);
  }

  async #serve(id: number, name: string, args: unknown): Promise<void> {
    try {
      if (!Object.hasOwn(this.#handlers, name)) {
        throw new EngineError(runtimeErrors.workerUnknownCall, `cannot call ${name}: no handler`);
      }
      const handler = this.#handlers[name as CallName<C>] as (args: unknown) => unknown;
      const answer = await handler(args);
      if (answer instanceof WithTransfer) {
        this.#post({ kind: "result", id, result: answer.result }, answer.transfer);
      } else {
        this.#post({ kind: "result", id, result: answer }, []);
      }
    } catch (error) {
      this.#post({ kind: "error", id, error: serializeError(error) }, []);
    }
  }

  #post(message: ClientBound, transfer: readonly Transferable[]): void {
    this.#link.post(message, transfer);
  }
}
