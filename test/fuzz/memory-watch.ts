/** Resident memory of a process over a run: where it stood after the warm-up, and how far it went. */
import { readFileSync } from "node:fs";

const KIB = 1024;

export class MemoryWatch {
  readonly #pid: number;
  #warmBytes = 0;
  #maxBytes = 0;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** Call it now and then; until `warm` the highest value is the base. */
  sample(): void {
    this.#maxBytes = Math.max(this.#maxBytes, this.#field("VmRSS"));
  }

  /** The warm-up is over: growth counts from the most there was so far. */
  warm(): void {
    this.sample();
    this.#warmBytes = this.#maxBytes;
  }

  get growthBytes(): number {
    return this.#maxBytes - this.#warmBytes;
  }

  get text(): string {
    const mib = (bytes: number): string => (bytes / KIB ** 2).toFixed(1);
    const peak = mib(this.#field("VmHWM"));
    const [warm, max, growth] = [this.#warmBytes, this.#maxBytes, this.growthBytes].map(mib);
    return `RSS after warm-up ${warm} MiB, most ${max} MiB, growth ${growth} MiB, VmHWM ${peak} MiB`;
  }

  #field(name: string): number {
    const status = readFileSync(`/proc/${this.#pid}/status`, "utf8");
    const line = status.split("\n").find((text) => text.startsWith(`${name}:`)) ?? "";
    return Number(line.replaceAll(/[^0-9]/g, "")) * KIB;
  }
}
