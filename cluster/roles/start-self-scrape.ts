/** Makes the node its own first target, through the write door of the worker that asks. */
import { SelfScrape } from "#collect/self-scrape.ts";
import type { SelfScrapePorts } from "#collect/self-scrape.ts";
import { tenantId } from "#model/refs.ts";

/** The tenant that an operator without tenants queries. */
const OWN_TENANT = tenantId(0);

/** Null when the interval is 0, which switches it off. */
export function startSelfScrape(
  intervalMs: number,
  instance: string,
  ports: SelfScrapePorts,
): SelfScrape | null {
  if (intervalMs === 0) return null;
  const scrape = new SelfScrape({ tenant: OWN_TENANT, intervalMs, instance }, ports);
  scrape.start();
  return scrape;
}
