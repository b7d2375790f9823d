/**
 * A wrapper for `GyreProcess` that disturbs chosen system calls of the node: kills it on the way
 * into one, lets one fail or wait. Counts are per thread, and threads of a node are many: a count of 1
 * may strike another thread than the one in mind. The tracer runs beside the node, not above it, so
 * the process that a test signals is the node itself.
 */
import { requirePart } from "./system-parts.ts";

export interface SyscallFault {
  readonly syscall: "fdatasync" | "fsync" | "pwrite64" | "rename" | "unlink";
  /** Which call of a thread: `3`, or `3+` for that and every later one. */
  readonly when: string;
  /** A delay is in microseconds. */
  readonly effect: "signal=SIGKILL" | "error=EIO" | `delay_enter=${number}`;
}

export function faultWrapper({ syscall, when, effect }: SyscallFault): string[] {
  return [
    requirePart("strace"),
    // Beside the node (-D). Not with --seccomp-bpf: it loses injected signals.
    ...["-D", "-f", "-qq", "-o", "/dev/null"],
    ...["-e", `trace=${syscall}`, "-e", `inject=${syscall}:${effect}:when=${when}`],
  ];
}
