/**
 * Every option there is, as one list. The compiler checks that the list covers `GyreConfig`: a
 * setting without an option, or an option of another type, does not build.
 */
import type { GyreConfig } from "./gyre-config.ts";
import type { Option, SectionSchema } from "./option.ts";
import { DATA_OPTION } from "./options/data-option.ts";
import { FEATURES_OPTION } from "./options/feature-flags.ts";
import { HTTP_OPTIONS } from "./options/http-options.ts";
import { INGEST_OPTIONS } from "./options/ingest-options.ts";
import { JOBS_OPTIONS } from "./options/jobs-options.ts";
import { LIMITS_OPTIONS } from "./options/limits-options.ts";
import { LOG_OPTIONS } from "./options/log-options.ts";
import { QUERY_OPTIONS } from "./options/query-options.ts";
import { SELF_SCRAPE_OPTIONS } from "./options/self-scrape-options.ts";
import { STORAGE_OPTIONS } from "./options/storage-options.ts";
import { THREADS_OPTIONS } from "./options/threads-options.ts";

type TopLevel = "data" | "features";
type Sections = Omit<GyreConfig, TopLevel>;

const TOP_LEVEL: SectionSchema<Pick<GyreConfig, TopLevel>> = {
  data: DATA_OPTION,
  features: FEATURES_OPTION,
};

const SECTIONS: { readonly [Key in keyof Sections]: SectionSchema<Sections[Key]> } = {
  http: HTTP_OPTIONS,
  storage: STORAGE_OPTIONS,
  ingest: INGEST_OPTIONS,
  threads: THREADS_OPTIONS,
  query: QUERY_OPTIONS,
  limits: LIMITS_OPTIONS,
  selfScrape: SELF_SCRAPE_OPTIONS,
  jobs: JOBS_OPTIONS,
  log: LOG_OPTIONS,
};

export interface ConfigEntry {
  /** Null at the top level. */
  readonly section: string | null;
  /** The field of `GyreConfig` (or of its section), with its unit: `headersTimeoutMs`. */
  readonly field: string;
  /** What users write in a file, under its section. The value has the unit: `headersTimeout: 5s`. */
  readonly name: string;
  /** `http.headersTimeout`; the flag is this with `--` before it. */
  readonly path: string;
  /** `GYRE_HTTP_HEADERS_TIMEOUT`. */
  readonly variable: string;
  readonly option: Option<unknown>;
}

export const SECTION_NAMES: readonly string[] = Object.keys(SECTIONS);

export const CONFIG_ENTRIES: readonly ConfigEntry[] = [
  ...entriesOf(null, TOP_LEVEL),
  ...Object.entries(SECTIONS).flatMap(([section, options]) => entriesOf(section, options)),
];

function entriesOf(
  section: string | null,
  options: Readonly<Record<string, Option<unknown>>>,
): ConfigEntry[] {
  return Object.entries(options).map(([field, option]) => {
    const name = field.replace(/Ms$/, "");
    const path = section === null ? name : `${section}.${name}`;
    return { section, field, name, path, variable: variableOf(path), option };
  });
}

function variableOf(path: string): string {
  const words = path.replaceAll(/([A-Z])/g, "_$1").replace(".", "_");
  return `GYRE_${words.toUpperCase()}`;
}
