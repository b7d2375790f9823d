/**
 * The parts around Gyre really run here: each is started on a free loopback port and answers. When
 * one of these fails, no other system test means anything.
 */
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { startEtcd } from "#test/support/etcd.ts";
import { requirePart } from "#test/support/system-parts.ts";

test("etcd starts and is healthy", async () => {
  await using etcd = await startEtcd();
  const response = await fetch(`${etcd.endpoints[0]}/version`);
  expect(await response.json()).toHaveProperty("etcdserver");
});

test("Prometheus runs", () => {
  const version = execFileSync(requirePart("prometheus"), ["--version"], { encoding: "utf8" });
  expect(version).toContain("prometheus, version");
});

test("node_exporter runs", () => {
  const path = requirePart("node-exporter");
  expect(execFileSync(path, ["--version"], { encoding: "utf8" })).toContain("node_exporter");
});

test("vmagent runs", () => {
  const path = requirePart("vmagent");
  expect(execFileSync(path, ["-help"], { encoding: "utf8" })).toContain("vmagent");
});
