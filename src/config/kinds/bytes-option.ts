/** An option in bytes, written with a unit (`512MiB`); some also as a share of the memory (`40%`). */
import { formatByteSize, parseByteSize } from "#base/units/byte-size.ts";
import type { MachineFacts, Option } from "../option.ts";

export interface BytesLimits {
  readonly description: string;
  /** A number of bytes, or a share of the memory in percent; Infinity is the word `unlimited`. */
  readonly default: number | { readonly memoryPercent: number };
  readonly bytesMin: number;
  readonly bytesMax: number;
}

const PERCENT = /^(\d{1,2})\s*%$/;
const UNLIMITED = "unlimited";

export function bytesOption(limits: BytesLimits): Option<number> {
  const { bytesMin, bytesMax } = limits;
  const fallback = limits.default;
  const isShare = typeof fallback !== "number";
  const isOpen = fallback === Infinity;
  const example = isShare || isOpen ? "512MiB" : formatByteSize(fallback);
  const range = `between ${formatByteSize(bytesMin)} and ${formatByteSize(bytesMax)}`;
  const shareOf = (machine: MachineFacts, percent: number): number =>
    Math.floor((machine.memoryBytes * percent) / 100);
  return {
    kind: "bytes",
    description: limits.description,
    defaultText: isShare ? `${fallback.memoryPercent}% of the memory` : textOf(fallback),
    want: `bytes such as ${example}, ${range}${alternative(isShare, isOpen)}`,
    isList: false,
    fallback(machine) {
      if (!isShare) return fallback;
      // A tiny machine gets the smallest legal value rather than no start at all.
      const share = shareOf(machine, fallback.memoryPercent);
      return Math.min(Math.max(share, bytesMin), bytesMax);
    },
    parse(text, machine) {
      if (isOpen && text === UNLIMITED) return Infinity;
      const percent = isShare ? PERCENT.exec(text)?.[1] : undefined;
      const bytes = percent === undefined ? parseByteSize(text) : shareOf(machine, Number(percent));
      if (bytes === null || bytes < bytesMin || bytes > bytesMax) return undefined;
      return bytes;
    },
  };
}

function textOf(bytes: number): string {
  return bytes === Infinity ? UNLIMITED : formatByteSize(bytes);
}

function alternative(isShare: boolean, isOpen: boolean): string {
  if (isShare) return ", or a share of the memory as 40%";
  return isOpen ? `, or ${UNLIMITED}` : "";
}
