import { expect, test } from "vitest";
import { EtcdContainer } from "#test/support/etcd-container.ts";
import { chooseEtcd } from "#test/support/etcd.ts";

const nowhere = { PATH: "", GYRE_TEST_PARTS: "/nonexistent" };

test("endpoints in the environment come first", () => {
  const environment = { ETCD_ENDPOINTS: "http://10.0.0.1:2379, http://10.0.0.2:2379" };
  expect(chooseEtcd(environment)).toEqual({
    kind: "endpoints",
    endpoints: ["http://10.0.0.1:2379", "http://10.0.0.2:2379"],
  });
});

test("an etcd program comes second", () => {
  const environment = { ...nowhere, GYRE_TEST_ETCD: process.execPath, DOCKER_HOST: "tcp://h:1" };
  expect(chooseEtcd(environment)).toEqual({ kind: "program", path: process.execPath });
});

test("a container comes last", () => {
  const environment = { ...nowhere, DOCKER_HOST: "tcp://127.0.0.1:1" };
  expect(chooseEtcd(environment)).toEqual({ kind: "container" });
});

test("an override that is no program is refused, not passed over", () => {
  const environment = { ...nowhere, GYRE_TEST_ETCD: "/nonexistent/etcd" };
  expect(() => chooseEtcd(environment)).toThrow("cannot run etcd: GYRE_TEST_ETCD=");
});

test("the container listens beyond its own loopback and keeps no data", () => {
  expect(new EtcdContainer("example/etcd:v3.5.21").definition()).toEqual({
    image: "example/etcd:v3.5.21",
    ports: [2379],
    entrypoint: ["etcd"],
    command: [
      "--data-dir=/data",
      "--listen-client-urls=http://0.0.0.0:2379",
      "--advertise-client-urls=http://127.0.0.1:2379",
    ],
    tmpfs: { "/data": "rw" },
  });
});

test("the default image is pinned to a version", () => {
  expect(new EtcdContainer().definition().image).toMatch(/etcd:v\d+\.\d+\.\d+$/);
});
