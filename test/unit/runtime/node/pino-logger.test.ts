import { expect, test } from "vitest";
import { EngineError } from "#base/engine-error.ts";
import { createPinoLogger } from "#runtime/node/pino-logger.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";

test("lines are JSON with level, time, own and inherited fields", () => {
  const lines: string[] = [];
  const logger = createPinoLogger({
    level: "info",
    fields: { node: "n1" },
    write: (line) => lines.push(line),
  });
  logger.debug({}, "not shown");
  logger.info({ shard: 3 }, "opened");
  logger.child({ thread: "log-0" }).warn({}, "slow");
  const [first, second] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.length).toBe(2);
  expect(first).toMatchObject({ level: "info", node: "n1", shard: 3, msg: "opened" });
  expect(first!["time"]).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  expect(second).toMatchObject({ level: "warn", node: "n1", thread: "log-0" });
});

test("an error field shows code, data and causes", () => {
  const lines: string[] = [];
  const logger = createPinoLogger({ level: "info", fields: {}, write: (line) => lines.push(line) });
  const error = new EngineError(runtimeErrors.diskIo, "cannot sync a: EIO", {
    data: { path: "a" },
    cause: new Error("below"),
  });
  logger.error({ error }, "log failed");
  expect(JSON.parse(lines[0]!)).toMatchObject({
    error: {
      name: "EngineError",
      message: "cannot sync a: EIO",
      engine: { code: "disk.io", data: { path: "a" } },
      cause: { message: "below" },
    },
  });
});
