/**
 * Every route of the node as data: dispatch, `Allow` headers, metrics labels, access control and
 * the security matrix of the tests are all read from this one table.
 */
export type RouteKind =
  | "api"
  | "write"
  | "import"
  | "ready"
  | "healthy"
  | "metrics"
  | "landing"
  | "tenants";
/** What a caller must be allowed to do. `none` is for probes, which carry no credentials. */
export type AuthLevel = "none" | "read" | "write" | "admin";
export type RouteMethod = "GET" | "POST" | "PUT";

export interface Route {
  /** `*` stands for one path segment. */
  readonly pattern: string;
  /** HEAD is answered wherever GET is. */
  readonly methods: readonly RouteMethod[];
  readonly kind: RouteKind;
  readonly auth: AuthLevel;
  /** Changes stored data or configuration: logged, and never reachable by GET. */
  readonly mutating: boolean;
}

const READ_FORM = { methods: ["GET", "POST"], kind: "api", auth: "read", mutating: false } as const;
const READ = { methods: ["GET"], kind: "api", auth: "read", mutating: false } as const;
const IMPORT = { methods: ["POST"], kind: "import", auth: "write", mutating: true } as const;
const ADMIN = { methods: ["POST", "PUT"], kind: "api", auth: "admin", mutating: true } as const;
const PROBE = { methods: ["GET"], auth: "none", mutating: false } as const;

export const ROUTES: readonly Route[] = [
  { pattern: "/", kind: "landing", ...PROBE },
  { pattern: "/-/ready", kind: "ready", ...PROBE },
  { pattern: "/-/healthy", kind: "healthy", ...PROBE },
  { pattern: "/metrics", methods: ["GET"], kind: "metrics", auth: "read", mutating: false },
  { pattern: "/api/v1/write", methods: ["POST"], kind: "write", auth: "write", mutating: true },
  { pattern: "/api/v1/import", ...IMPORT },
  { pattern: "/api/v1/import/prometheus", ...IMPORT },
  { pattern: "/api/v1/import/csv", ...IMPORT },
  { pattern: "/api/v1/export", ...READ_FORM },
  { pattern: "/api/v1/export/csv", ...READ_FORM },
  {
    pattern: "/api/v1/admin/tenants",
    methods: ["POST"],
    kind: "tenants",
    auth: "admin",
    mutating: true,
  },
  { pattern: "/api/v1/admin/tsdb/delete_series", ...ADMIN },
  { pattern: "/api/v1/admin/tsdb/clean_tombstones", ...ADMIN },
  { pattern: "/api/v1/admin/tsdb/snapshot", ...ADMIN },
  { pattern: "/snapshot/create", ...ADMIN },
  { pattern: "/snapshot/delete", ...ADMIN },
  {
    pattern: "/snapshot/list",
    methods: ["GET", "POST"],
    kind: "api",
    auth: "admin",
    mutating: false,
  },
  { pattern: "/api/v1/query", ...READ_FORM },
  { pattern: "/api/v1/query_range", ...READ_FORM },
  { pattern: "/api/v1/query_exemplars", ...READ_FORM },
  { pattern: "/api/v1/series", ...READ_FORM },
  { pattern: "/api/v1/labels", ...READ_FORM },
  { pattern: "/api/v1/label/*/values", ...READ },
  { pattern: "/api/v1/metadata", ...READ },
  { pattern: "/api/v1/status/buildinfo", ...READ },
  { pattern: "/api/v1/status/config", ...READ },
  { pattern: "/api/v1/status/flags", ...READ },
  { pattern: "/api/v1/status/runtimeinfo", ...READ },
  { pattern: "/api/v1/status/tsdb", ...READ },
];

/** The route of a path, whatever the method; null when there is none. */
export function routeOf(path: string): Route | null {
  return ROUTES.find((route) => matches(route.pattern, path)) ?? null;
}

/** The value of `Allow`. */
export function allowedMethods(route: Route): string {
  return route.methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])).join();
}

function matches(pattern: string, path: string): boolean {
  const star = pattern.indexOf("*");
  if (star < 0) return pattern === path;
  const before = pattern.slice(0, star);
  const after = pattern.slice(star + 1);
  const segment = path.slice(before.length, path.length - after.length);
  const fits = path.startsWith(before) && path.endsWith(after);
  return fits && path.length > before.length + after.length && !segment.includes("/");
}
