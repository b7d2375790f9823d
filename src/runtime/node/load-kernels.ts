/**
 * Reads a compiled kernel module (`GYRE_MODULE_URL`, `HEAD_MODULE_URL`) at start. Synchronous on
 * purpose: a worker can do nothing before it has its kernels, and the files are a few KiB.
 */
import { readFileSync } from "node:fs";

/** The bytes of the module at `url`, for `kernelModule`. */
export function loadKernels(url: URL): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(url));
}
