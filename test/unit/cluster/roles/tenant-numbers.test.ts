import { expect, test } from "vitest";
import { tenantId } from "#model/refs.ts";
import { TenantNumbers } from "#cluster/roles/tenant-numbers.ts";

test("listeners issue from one count, and a number is known to all of them at once", () => {
  const memory = new SharedArrayBuffer(4);
  const [one, two] = [new TenantNumbers(memory, 3), new TenantNumbers(memory, 3)];
  expect(one.isKnown(tenantId(0))).toBe(true);
  expect([one.issue(), two.issue(), one.issue()]).toEqual([196_609, 196_610, 196_611]);
  expect(two.isKnown(tenantId(196_611))).toBe(true);
  expect(two.isKnown(tenantId(196_612))).toBe(false);
  expect(two.isKnown(tenantId(196_608))).toBe(false);
});

test("no later boot issues a number again", () => {
  const first = new TenantNumbers(new SharedArrayBuffer(4), 1);
  const issued = [first.issue(), first.issue()];
  const later = new TenantNumbers(new SharedArrayBuffer(4), 2);
  expect(issued.every((tenant) => later.isKnown(tenant))).toBe(true);
  expect(issued).not.toContain(later.issue());
  expect(later.isKnown(tenantId(5))).toBe(false);
});

test("numbers end, and never wrap into those of another boot", () => {
  const memory = new SharedArrayBuffer(4);
  new Int32Array(memory)[0] = 65_534;
  const numbers = new TenantNumbers(memory, 1);
  expect(numbers.issue()).toBe(131_071);
  for (let i = 0; i < 3; i++) expect(() => numbers.issue()).toThrow("restart it");
  expect(numbers.isKnown(tenantId(131_071))).toBe(true);
  expect(() => new TenantNumbers(memory, 65_536).issue()).toThrow("65536 times");
});
