/** A value somebody gave for an option, not yet parsed, with the place it came from. */
import type { ConfigEntry } from "./config-schema.ts";

export interface Assignment {
  readonly entry: ConfigEntry;
  readonly text: string;
  /** Opens an error text: `gyre.yaml:12: storage.headBytesMax`, `--data`, `GYRE_DATA`. */
  readonly place: string;
}

/** What a source held: values to use, and why others cannot be. */
export interface Reading {
  readonly assignments: readonly Assignment[];
  readonly problems: readonly string[];
}

/** Long values are cut in messages; nobody needs to read a kilobyte to find their mistake. */
const SHOWN_CHARACTERS_MAX = 60;

export function quoteGot(text: string): string {
  const isLong = text.length > SHOWN_CHARACTERS_MAX;
  return JSON.stringify(isLong ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}...` : text);
}
