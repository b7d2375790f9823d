import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { nodeCliDeps } from "#cli/node-cli-deps.ts";
import { plainPageTools } from "#test/support/plain-pages.ts";

const DEPS = nodeCliDeps("1", () => Promise.resolve(0), plainPageTools);

test("the machine is a machine", () => {
  expect(DEPS.machine.cores).toBeGreaterThan(0);
  expect(DEPS.machine.memoryBytes).toBeGreaterThan(64 * 1024 ** 2);
});

test("unreadable files say why in words", () => {
  const folder = new URL(".", import.meta.url).pathname;
  expect(() => DEPS.readFile(folder)).toThrow("it is a folder");
  expect(() => DEPS.readFile(`${folder}nothing-here`)).toThrow("no such file");
});

test("forms are posted and answers read", async () => {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += String(chunk)));
    request.on("end", () => response.writeHead(418).end(`${request.method} ${body}`));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/`;
  const reply = await DEPS.post(url, new URLSearchParams({ a: "b c" }), 1000);
  expect(reply).toEqual({ status: 418, body: "POST a=b+c" });
  await new Promise((resolve) => server.close(resolve));
  await expect(DEPS.post(url, new URLSearchParams(), 1000)).rejects.toThrow("ECONNREFUSED");
});
