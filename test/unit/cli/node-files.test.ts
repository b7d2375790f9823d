import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { NODE_FILES } from "#cli/node-files.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";

let server: Server;

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function serve(handle: RequestListener): Promise<string> {
  server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test("a file goes out as it is, and every byte is counted", async () => {
  using folder = new ScratchFolder();
  const name = join(folder.path, "big.jsonl");
  writeFileSync(name, "x".repeat(1_000_000));
  expect(NODE_FILES.sizeOf(name)).toBe(1_000_000);
  expect(NODE_FILES.sizeOf("-")).toBeNull();
  const url = await serve((request, response) => {
    let bytes = 0;
    request.on("data", (chunk: Buffer) => (bytes += chunk.length));
    request.on("end", () => response.writeHead(202).end(`${request.headers["x-a"]} ${bytes}`));
  });
  let sent = 0;
  const reply = await NODE_FILES.upload(url, name, { "x-a": "b" }, (bytes) => (sent += bytes));
  expect(reply).toEqual({ status: 202, body: "b 1000000" });
  expect(sent).toBe(1_000_000);
});

test("an answer gets its name when it is whole", async () => {
  using folder = new ScratchFolder();
  const name = join(folder.path, "out.jsonl");
  const url = await serve((_request, response) => response.writeHead(200).end("whole"));
  let received = 0;
  const form = new URLSearchParams({ a: "b" });
  const reply = await NODE_FILES.download(url, form, name, (bytes) => (received += bytes));
  expect([reply.status, received, readFileSync(name, "utf8")]).toEqual([200, 5, "whole"]);
});

test("an answer that breaks off does not", async () => {
  using folder = new ScratchFolder();
  const name = join(folder.path, "out.jsonl");
  const url = await serve((_request, response) => {
    response.writeHead(200).write("half", () => setImmediate(() => response.destroy()));
  });
  const download = NODE_FILES.download(url, new URLSearchParams(), name, () => {});
  await expect(download).rejects.toThrow();
  expect(existsSync(name)).toBe(false);
});

test("an error comes back as it is, also that of a connection", async () => {
  const url = await serve((_request, response) => response.writeHead(400).end("bad"));
  const reply = await NODE_FILES.download(url, new URLSearchParams(), "-", () => {});
  expect(reply).toEqual({ status: 400, body: "bad" });
  await new Promise((resolve) => server.close(resolve));
  const nowhere = NODE_FILES.download(url, new URLSearchParams(), "-", () => {});
  await expect(nowhere).rejects.toThrow("ECONNREFUSED");
});
