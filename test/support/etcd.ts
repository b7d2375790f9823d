/**
 * An etcd for tests, from the first source there is: `ETCD_ENDPOINTS` (a cluster that runs already),
 * an `etcd` program (PATH or Debian's etcd-server), a container. A test owns what it started; keys
 * on foreign endpoints are its own business: use a prefix per test.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EtcdContainer } from "./etcd-container.ts";
import { freePort } from "./free-port.ts";
import { startProcess } from "./start-process.ts";
import { findPart, requirePart } from "./system-parts.ts";

export type EtcdSource =
  | { readonly kind: "endpoints"; readonly endpoints: readonly string[] }
  | { readonly kind: "program"; readonly path: string }
  | { readonly kind: "container" };

export interface TestEtcd extends AsyncDisposable {
  readonly endpoints: readonly string[];
}

type Environment = NodeJS.ProcessEnv;

function hasContainerEngine(environment: Environment): boolean {
  return environment["DOCKER_HOST"] !== undefined || existsSync("/var/run/docker.sock");
}

/** Where an etcd would come from, or null when there is no source. */
export function chooseEtcd(environment: Environment = process.env): EtcdSource | null {
  const listed = (environment["ETCD_ENDPOINTS"] ?? "").split(",").map((entry) => entry.trim());
  const endpoints = listed.filter((entry) => entry !== "");
  if (endpoints.length > 0) return { kind: "endpoints", endpoints };
  const path = findPart("etcd", environment);
  if (path !== null) return { kind: "program", path };
  return hasContainerEngine(environment) ? { kind: "container" } : null;
}

export function isEtcdAvailable(environment: Environment = process.env): boolean {
  return chooseEtcd(environment) !== null;
}

async function isHealthy(endpoint: string): Promise<boolean> {
  try {
    const response = await fetch(`${endpoint}/health`);
    return response.ok;
  } catch {
    return false;
  }
}

async function startProgram(path: string): Promise<TestEtcd> {
  const folder = mkdtempSync(join(tmpdir(), "gyre-etcd-"));
  const client = `http://127.0.0.1:${await freePort()}`;
  const peer = `http://127.0.0.1:${await freePort()}`;
  const flags = {
    "data-dir": folder,
    "listen-client-urls": client,
    "advertise-client-urls": client,
    "listen-peer-urls": peer,
    "initial-advertise-peer-urls": peer,
    "initial-cluster": `default=${peer}`,
  };
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const server = await startProcess({
      path,
      args: Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
      // etcd 3.4 refuses processors it was not tested on, arm64 among them, unless named here.
      env: { ETCD_UNSUPPORTED_ARCH: process.arch },
      isReady: () => isHealthy(client),
    });
    const dispose = async (): Promise<void> => {
      await server.stop();
      removeFolder();
    };
    return { endpoints: [client], [Symbol.asyncDispose]: dispose };
  } catch (error) {
    removeFolder();
    throw error;
  }
}

async function startContainer(): Promise<TestEtcd> {
  const container = await new EtcdContainer().start();
  const endpoint = EtcdContainer.endpointOf(container);
  const dispose = async (): Promise<void> => void (await container.stop());
  return { endpoints: [endpoint], [Symbol.asyncDispose]: dispose };
}

/** `await using etcd = await startEtcd()`; throws one line when there is no source. */
export async function startEtcd(): Promise<TestEtcd> {
  const source = chooseEtcd() ?? { kind: "program", path: requirePart("etcd") };
  switch (source.kind) {
    case "endpoints":
      return { endpoints: source.endpoints, [Symbol.asyncDispose]: () => Promise.resolve() };
    case "program":
      return startProgram(source.path);
    case "container":
      return startContainer();
  }
}
