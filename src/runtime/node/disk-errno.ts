/**
 * Turns an errno of a failed file operation into the `EngineError` that callers of the Disk port
 * know. Anything unknown is `disk.io`: not understanding a failure is no reason to retry it.
 */
import { EngineError, type ErrorCode } from "#base/engine-error.ts";
import { runtimeErrors } from "../runtime-errors.ts";

const kindOfErrno: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: runtimeErrors.diskNoSpace,
  EDQUOT: runtimeErrors.diskNoSpace,
  EFBIG: runtimeErrors.diskNoSpace,
  ENOENT: runtimeErrors.diskNotFound,
  ENOTDIR: runtimeErrors.diskNotFound,
  EEXIST: runtimeErrors.diskExists,
  ENOTEMPTY: runtimeErrors.diskExists,
  EISDIR: runtimeErrors.diskExists,
  EACCES: runtimeErrors.diskDenied,
  EPERM: runtimeErrors.diskDenied,
  EROFS: runtimeErrors.diskDenied,
  EBADF: runtimeErrors.diskDenied,
  EMFILE: runtimeErrors.diskTooManyFiles,
  ENFILE: runtimeErrors.diskTooManyFiles,
};

/** `verb` as in "cannot <verb> <path>: <cause>". */
export function diskErrorOf(cause: unknown, verb: string, path: string): EngineError {
  if (cause instanceof EngineError) return cause;
  const errno = (cause as { code?: unknown } | null)?.code;
  const name = typeof errno === "string" ? errno : "unknown";
  const kind = Object.hasOwn(kindOfErrno, name) ? kindOfErrno[name]! : runtimeErrors.diskIo;
  const message = `cannot ${verb} ${path}: ${kind.description} (${name})`;
  return new EngineError(kind, message, { data: { path, errno: name }, cause });
}
