/**
 * Numbers for people: the `humanize` family of Prometheus' templates. Four significant digits, as
 * Go's `%.4g` prints them.
 */
import { formatSignificant } from "./format-number.ts";
import { TemplateError } from "./template-error.ts";

const DIGITS = 4;
const LARGE = ["", "k", "M", "G", "T", "P", "E", "Z", "Y"];
const SMALL = ["", "m", "u", "n", "p", "f", "a", "z", "y"];
const BINARY = ["", "ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];
const MS_MAX = 8.64e15;

/** SI prefixes, powers of 1000, both ways. */
export function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return formatSignificant(value, DIGITS);
  if (Math.abs(value) >= 1) return scaled(value, 1000, LARGE);
  let rest = value;
  let step = 0;
  while (Math.abs(rest) < 1 && step < SMALL.length - 1) {
    rest *= 1000;
    step++;
  }
  return formatSignificant(rest, DIGITS) + SMALL[step]!;
}

/** Powers of 1024. */
export function humanize1024(value: number): string {
  if (Math.abs(value) <= 1 || !Number.isFinite(value)) return formatSignificant(value, DIGITS);
  return scaled(value, 1024, BINARY);
}

function scaled(value: number, base: number, prefixes: readonly string[]): string {
  let rest = value;
  let step = 0;
  while (Math.abs(rest) >= base && step < prefixes.length - 1) {
    rest /= base;
    step++;
  }
  return formatSignificant(rest, DIGITS) + prefixes[step]!;
}

/** Seconds as days, hours, minutes and seconds; below one second with SI prefixes. */
export function humanizeDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return formatSignificant(seconds, DIGITS);
  if (seconds === 0) return "0s";
  if (Math.abs(seconds) < 1) return `${humanizeFraction(seconds)}s`;
  const sign = seconds < 0 ? "-" : "";
  const whole = Math.trunc(Math.abs(seconds));
  const s = whole % 60;
  const m = Math.floor(whole / 60) % 60;
  const h = Math.floor(whole / 3600) % 24;
  const d = Math.floor(whole / 86_400);
  if (d > 0) return `${sign}${d}d ${h}h ${m}m ${s}s`;
  if (h > 0) return `${sign}${h}h ${m}m ${s}s`;
  if (m > 0) return `${sign}${m}m ${s}s`;
  return `${sign}${formatSignificant(Math.abs(seconds), DIGITS)}s`;
}

function humanizeFraction(value: number): string {
  let rest = value;
  let prefix = "";
  for (const next of SMALL.slice(1)) {
    if (Math.abs(rest) >= 1) break;
    prefix = next;
    rest *= 1000;
  }
  return formatSignificant(rest, DIGITS) + prefix;
}

export function humanizePercentage(ratio: number): string {
  return `${formatSignificant(ratio * 100, DIGITS)}%`;
}

/** Unix seconds, to the millisecond, as Go prints a UTC time. */
export function humanizeTimestamp(seconds: number): string {
  if (!Number.isFinite(seconds)) return formatSignificant(seconds, DIGITS);
  const ms = Math.trunc((seconds * 1e9) / 1e6);
  if (Math.abs(ms) > MS_MAX) throw new TemplateError(`timestamp ${seconds} is out of range`);
  const iso = new Date(ms).toISOString();
  const fraction = iso.slice(-4, -1).replace(/0+$/, "");
  const day = iso.slice(0, -5).replace("T", " ");
  return `${day}${fraction === "" ? "" : `.${fraction}`} +0000 UTC`;
}
