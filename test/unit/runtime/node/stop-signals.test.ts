import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { onStopSignals, type SignalSource } from "#runtime/node/stop-signals.ts";

class FakeProcess extends EventEmitter implements SignalSource {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

test("the first signal stops in order, the second at once", () => {
  const source = new FakeProcess();
  const stops: string[] = [];
  const handle = onStopSignals((signal) => stops.push(signal), source);
  source.emit("SIGTERM");
  expect([stops, source.exits]).toEqual([["SIGTERM"], []]);
  source.emit("SIGINT");
  expect([stops, source.exits]).toEqual([["SIGTERM"], [130]]);
  handle.close();
  expect(source.listenerCount("SIGTERM") + source.listenerCount("SIGINT")).toBe(0);
});
