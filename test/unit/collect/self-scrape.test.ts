import { fromBinary } from "@bufbuild/protobuf";
import { beforeEach, expect, test } from "vitest";
import { SelfScrape } from "#collect/self-scrape.ts";
import { tenantId } from "#model/refs.ts";
import { WriteRequestSchema } from "#proto/prometheus/remote_write_pb.ts";
import {
  FakeAppender,
  type LogLine,
  ManualTimers,
  recordingLogger,
  STORED,
} from "../http/fake-doors.ts";

const INTERVAL_MS = 5000;
const STALE = "020000000000f07f";

/** A node with a page of metrics and a clock that only the test moves. */
class World {
  nowMs = 1_700_000_000_000;
  page: () => Promise<string> = () => Promise.resolve("a 1\nb 2\n");
  readonly appender: FakeAppender = new FakeAppender();
  readonly timers: ManualTimers = new ManualTimers();
  readonly logLines: LogLine[] = [];
  readonly scrape: SelfScrape;
  #hasScraped = false;

  constructor() {
    this.scrape = new SelfScrape(
      { tenant: tenantId(0), intervalMs: INTERVAL_MS, instance: "127.0.0.1:8428" },
      {
        metricsText: () => this.page(),
        appender: this.appender,
        clock: { wallMs: () => this.nowMs, monoMs: () => this.nowMs },
        timers: this.timers,
        logger: recordingLogger(this.logLines),
      },
    );
    this.scrape.start();
  }

  /** Moves to the next scrape and waits until the one after it is armed. */
  async next(): Promise<Map<string, string>> {
    this.fire();
    await expect.poll(() => this.timers.pending.length).toBe(1);
    return this.lastRows();
  }

  /** The first scrape comes with the start, each other an interval later. */
  fire(): void {
    const delayMs = this.#hasScraped ? INTERVAL_MS : 0;
    this.#hasScraped = true;
    this.nowMs += delayMs;
    this.timers.fire(delayMs);
  }

  /** `name` -> value, stale markers as `stale`. */
  lastRows(): Map<string, string> {
    const sink = this.appender.sinks.at(-1);
    if (sink === undefined) return new Map();
    const body = Buffer.concat(sink.chunks);
    const rows = fromBinary(WriteRequestSchema, body).timeseries.map(({ labels, samples }) => {
      const label = (name: string): string | undefined =>
        labels.find((each) => each.name === name)?.value;
      expect(label("job")).toBe("gyre");
      expect(label("instance")).toBe("127.0.0.1:8428");
      expect(Number(samples[0]?.timestamp)).toBe(this.nowMs);
      const value = samples[0]?.value ?? 0;
      return [label("__name__") ?? "", Number.isNaN(value) ? "stale" : String(value)] as const;
    });
    const staleCount = body.toString("hex").split(STALE).length - 1;
    expect(staleCount).toBe(rows.filter(([, value]) => value === "stale").length);
    return new Map(rows);
  }
}

let world: World;

beforeEach(() => {
  world = new World();
});

test("the page is stored with the target's labels and the scrape's own series", async () => {
  expect(Object.fromEntries(await world.next())).toEqual({
    a: "1",
    b: "2",
    up: "1",
    scrape_duration_seconds: "0",
    scrape_samples_scraped: "2",
  });
  expect(world.appender.sinks[0]).toMatchObject({
    state: "submitted",
    options: { tenant: 0, format: "remote-write-1", encoding: "identity" },
  });
});

test("the first scrape comes with the start, the next an interval later", async () => {
  expect(world.timers.pending).toMatchObject([{ delayMs: 0 }]);
  await world.next();
  expect(world.timers.pending).toMatchObject([{ delayMs: INTERVAL_MS }]);
});

test("a series that vanished ends with a stale marker, once", async () => {
  await world.next();
  world.page = () => Promise.resolve("b 3\n");
  const rows = await world.next();
  expect(rows.get("a")).toBe("stale");
  expect(rows.get("b")).toBe("3");
  expect((await world.next()).has("a")).toBe(false);
});

test.each([
  ["cannot be read", () => Promise.reject(new Error("no"))],
  ["is malformed", () => Promise.resolve("a 1\nb")],
])("when the page %s the target is down and its series are stale", async (_name, page) => {
  await world.next();
  world.page = page;
  const rows = await world.next();
  expect(Object.fromEntries(rows)).toMatchObject({
    a: "stale",
    b: "stale",
    up: "0",
    scrape_samples_scraped: "0",
  });
  expect(world.logLines).toHaveLength(1);
  await world.next();
  expect(world.logLines).toHaveLength(1);
  world.page = () => Promise.resolve("a 1\n");
  expect((await world.next()).get("up")).toBe("1");
  expect(world.logLines.at(-1)?.message).toBe("own metrics are stored again");
});

test("what could not be stored is still ended later", async () => {
  await world.next();
  world.page = () => Promise.resolve("b 3\nc 1\n");
  world.appender.answer = () => Promise.reject(new Error("log gone"));
  await world.next();
  expect(world.logLines.at(-1)?.fields["cause"]).toBe("log gone");
  world.page = () => Promise.resolve("b 4\n");
  world.appender.answer = () => Promise.resolve(STORED);
  const rows = await world.next();
  expect(rows.get("a")).toBe("stale");
  expect(rows.get("c")).toBe("stale");
});

test("without room the round is dropped and the next one tried", async () => {
  world.appender.isFull = true;
  await world.next();
  expect(world.appender.sinks).toHaveLength(0);
  world.appender.isFull = false;
  expect((await world.next()).get("up")).toBe("1");
});

test("a body the appender has no room for is given back", async () => {
  world.appender.decodedBytesMax = 20;
  await world.next();
  expect(String(world.logLines.at(-1)?.fields["cause"])).toContain("cannot write bytes");
});

test("samples with a time of their own keep it and are never ended", async () => {
  world.page = () => Promise.resolve(`a 1 ${world.nowMs}\n`);
  await world.next();
  world.page = () => Promise.resolve("b 1\n");
  expect((await world.next()).has("a")).toBe(false);
});

test("a slow round delays the next instead of overlapping it", async () => {
  let answer = (_text: string): void => {};
  world.page = () => new Promise((resolve) => (answer = resolve));
  world.fire();
  world.nowMs += 12_000;
  expect(world.timers.pending).toEqual([]);
  answer("a 1\n");
  await expect.poll(() => world.timers.pending).toMatchObject([{ delayMs: 3000 }]);
});

test("stopping waits for the round under way and arms no other", async () => {
  let answer = (_text: string): void => {};
  world.page = () => new Promise((resolve) => (answer = resolve));
  world.fire();
  const stopped = world.scrape.stop();
  answer("a 1\n");
  await stopped;
  expect(world.appender.sinks.at(-1)?.state).toBe("submitted");
  expect(world.timers.pending).toEqual([]);
});
