/** An option that lists limits of single tenants, checked when it is read. Default: none. */
import type { Option } from "../option.ts";
import { parseTenantLimit } from "../tenant-limit.ts";

export function tenantLimitsOption(given: {
  readonly description: string;
}): Option<readonly string[]> {
  return {
    kind: "list",
    description: given.description,
    defaultText: "none",
    want: "a list such as 7:seriesMax=100000:samplesPerSecondMax=5000, each tenant once",
    isList: true,
    fallback: () => Object.freeze([]),
    parse(text) {
      const items = text.split(",").map((item) => item.trim());
      const texts = items.filter((item) => item !== "");
      const limits = texts.map(parseTenantLimit);
      const tenants = new Set(limits.map((limit) => limit?.tenant));
      if (limits.includes(null) || tenants.size !== limits.length) return undefined;
      return Object.freeze(texts);
    },
  };
}
