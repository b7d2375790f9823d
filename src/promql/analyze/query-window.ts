/** The steps a query is evaluated at. An instant query has `startMs === endMs` and step 0. */
export interface QueryWindow {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}
