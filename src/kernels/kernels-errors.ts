/** Operating errors of the kernel layer. What a walk found in its input: `kernel-error.ts`. */
import type { ErrorCode } from "#base/engine-error.ts";

export const KERNELS_MEMORY: ErrorCode = {
  code: "kernels.memory",
  retryable: true,
  http: 503,
  description: "A kernel memory is at its configured maximum, or the machine has no more to give.",
};
