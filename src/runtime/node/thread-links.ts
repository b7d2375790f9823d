/**
 * Message links over the channels of `node:worker_threads`: a Worker seen from its parent, the
 * parent seen from its worker, and a MessagePort that was handed to a second worker.
 */
import { type MessagePort, parentPort, type Worker } from "node:worker_threads";
import { must } from "#base/assert.ts";
import type { MessageLink, Transferable } from "../worker/message-link.ts";

/** Parent's side. Closed by the thread's end, with the error that ended it when there was one. */
export function linkToWorker(worker: Worker): MessageLink {
  let failure: Error | null = null;
  worker.on("error", (error) => {
    failure = error instanceof Error ? error : new Error(String(error));
  });
  return {
    post: (message, transfer) => worker.postMessage(message, list(transfer)),
    onMessage: (receive) => worker.on("message", receive),
    onClosed: (closed) =>
      worker.once("exit", (code) => closed(failure ?? new Error(`the thread ended with ${code}`))),
    close: () => void worker.terminate(),
  };
}

/** Worker's side. Keeps the thread alive until closed. */
export function linkToParent(): MessageLink {
  return linkToPort(must(parentPort, "link to parent: parentPort outside a worker"));
}

export function linkToPort(port: MessagePort): MessageLink {
  return {
    post: (message, transfer) => port.postMessage(message, list(transfer)),
    onMessage: (receive) => port.on("message", receive),
    onClosed: (closed) => port.once("close", () => closed(null)),
    close: () => port.close(),
  };
}

function list(transfer: readonly Transferable[] | undefined): Transferable[] {
  return transfer === undefined ? [] : [...transfer];
}
