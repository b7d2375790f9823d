import { expect, test } from "vitest";
import { tenantId, type TenantId } from "#model/refs.ts";
import { largestShare } from "#tsdb/largest-share.ts";

test("the largest share, of equals the lowest number", () => {
  const of = (...sizes: readonly (readonly [number, number])[]): TenantId | null =>
    largestShare(new Map(sizes.map(([tenant, size]) => [tenantId(tenant), { size }])));
  expect(of()).toBeNull();
  expect(of([3, 1], [2, 5], [9, 4])).toBe(2);
  expect(of([9, 5], [2, 5], [3, 5])).toBe(2);
});
