/**
 * A loopback TCP port that was free a moment ago. The kernel hands out ports in turn, so two tests
 * that ask one after the other get different ones.
 */
import { once } from "node:events";
import { createServer } from "node:net";

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new Error(`cannot find a free port: got address ${address}`);
  }
  server.close();
  await once(server, "close");
  return address.port;
}
