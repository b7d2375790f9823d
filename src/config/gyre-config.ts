/** The whole configuration, filled in and frozen. Durations are milliseconds, sizes bytes. */
import type { FeatureFlag } from "./options/feature-flags.ts";
import type { HttpSettings } from "./options/http-options.ts";
import type { IngestSettings } from "./options/ingest-options.ts";
import type { JobsSettings } from "./options/jobs-options.ts";
import type { LimitsSettings } from "./options/limits-options.ts";
import type { LogSettings } from "./options/log-options.ts";
import type { QuerySettings } from "./options/query-options.ts";
import type { SelfScrapeSettings } from "./options/self-scrape-options.ts";
import type { StorageSettings } from "./options/storage-options.ts";
import type { ThreadsSettings } from "./options/threads-options.ts";

export interface GyreConfig {
  readonly data: string;
  readonly features: readonly FeatureFlag[];
  readonly http: HttpSettings;
  readonly storage: StorageSettings;
  readonly ingest: IngestSettings;
  readonly threads: ThreadsSettings;
  readonly query: QuerySettings;
  readonly limits: LimitsSettings;
  readonly selfScrape: SelfScrapeSettings;
  readonly jobs: JobsSettings;
  readonly log: LogSettings;
}
