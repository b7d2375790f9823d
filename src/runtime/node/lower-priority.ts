/**
 * Lowers the priority of the calling thread. Linux has a nice value per thread, addressed by thread
 * id; elsewhere it belongs to the process and is left alone. Best effort: a refusal changes nothing.
 */
import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";

export function lowerPriority(nice: number): void {
  if (process.platform !== "linux") return;
  try {
    // `<pid>/task/<tid>` of whoever reads the link.
    const tid = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    setPriority(tid, nice);
  } catch {
    // Containers may forbid it.
  }
}
