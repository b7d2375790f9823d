/**
 * The container in which a machine without etcd runs it. One member, data in memory, a client port
 * that the engine maps to a free one of the host.
 */
import { GenericContainer, Wait } from "testcontainers";
import type { StartedTestContainer } from "testcontainers";

/** The image etcd's maintainers publish. `ETCD_IMAGE` names a mirror of it. */
const IMAGE = "quay.io/coreos/etcd:v3.5.21";
const CLIENT_PORT = 2379;
/** The first start pulls the image. */
const STARTUP_TIMEOUT_MS = 120_000;

export class EtcdContainer extends GenericContainer {
  constructor(image: string = process.env["ETCD_IMAGE"] ?? IMAGE) {
    super(image);
    this.withEntrypoint(["etcd"])
      .withCommand([
        "--data-dir=/data",
        `--listen-client-urls=http://0.0.0.0:${CLIENT_PORT}`,
        `--advertise-client-urls=http://127.0.0.1:${CLIENT_PORT}`,
      ])
      .withTmpFs({ "/data": "rw" })
      .withExposedPorts(CLIENT_PORT)
      .withWaitStrategy(Wait.forHttp("/health", CLIENT_PORT))
      .withStartupTimeout(STARTUP_TIMEOUT_MS);
  }

  static endpointOf(container: StartedTestContainer): string {
    return `http://${container.getHost()}:${container.getMappedPort(CLIENT_PORT)}`;
  }

  /** What the engine would be asked for; for the test of this wiring. */
  definition(): {
    image: string;
    ports: readonly unknown[];
    entrypoint: unknown;
    command: unknown;
    tmpfs: unknown;
  } {
    return {
      image: this.imageName.string,
      ports: this.exposedPorts,
      entrypoint: this.createOpts.Entrypoint,
      command: this.createOpts.Cmd,
      tmpfs: this.hostConfig.Tmpfs,
    };
  }
}
