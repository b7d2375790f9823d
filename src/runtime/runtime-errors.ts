/**
 * Operating errors of the runtime layer: disk, mailboxes, threads, network, control store.
 * One table, so that an edge can map any of them to HTTP or gRPC without deciding anything.
 * Overload and our own faults answer 503, never 4xx: stock senders drop a batch on 4xx.
 */
import type { ErrorCode } from "#base/engine-error.ts";

function unavailable(code: string, retryable: boolean, description: string): ErrorCode {
  return { code, retryable, http: 503, description };
}

type RuntimeErrorName =
  | "diskNoSpace"
  | "diskIo"
  | "diskNotFound"
  | "diskExists"
  | "diskDenied"
  | "diskTooManyFiles"
  | "diskFileFailed"
  | "diskLocked"
  | "mailboxFull"
  | "actorFailed"
  | "actorGone"
  | "workerExited"
  | "workerBusy"
  | "workerUnknownCall"
  | "networkUnreachable"
  | "networkTimeout"
  | "controlUnavailable"
  | "controlCorrupt"
  | "controlLeaseLost";

export const runtimeErrors: Readonly<Record<RuntimeErrorName, ErrorCode>> = {
  diskNoSpace: unavailable("disk.no-space", true, "the file system or its quota is full"),
  diskIo: unavailable("disk.io", false, "the device or the kernel failed a read, write or sync"),
  diskNotFound: unavailable("disk.not-found", false, "the file or folder does not exist"),
  diskExists: unavailable("disk.exists", false, "the file exists and must not"),
  diskDenied: unavailable("disk.denied", false, "the process may not access the path"),
  diskTooManyFiles: unavailable("disk.too-many-files", true, "no file descriptor is left"),
  diskFileFailed: unavailable(
    "disk.file-failed",
    false,
    "an earlier write or sync of this file failed, so it is never written again",
  ),
  diskLocked: unavailable("disk.locked", false, "another process has the data folder open"),
  mailboxFull: unavailable("mailbox.full", true, "the mailbox of an actor is full"),
  actorFailed: unavailable("actor.failed", true, "the actor failed while handling a message"),
  actorGone: unavailable("actor.gone", true, "the actor is stopped or was given up"),
  workerExited: unavailable("worker.exited", true, "the worker thread ended before it answered"),
  workerBusy: unavailable("worker.busy", true, "too many calls wait for the worker thread"),
  workerUnknownCall: unavailable("worker.unknown-call", false, "the worker has no such method"),
  networkUnreachable: unavailable("network.unreachable", true, "no connection to the node"),
  networkTimeout: unavailable("network.timeout", true, "the node did not answer in time"),
  controlUnavailable: unavailable(
    "control.unavailable",
    true,
    "the control store is not reachable",
  ),
  controlCorrupt: unavailable(
    "control.corrupt",
    false,
    "the control store's file fails its checks",
  ),
  controlLeaseLost: unavailable("control.lease-lost", true, "the lease is unknown or has expired"),
};
