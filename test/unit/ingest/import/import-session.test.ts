// Covers: src/ingest/import/
import { fromBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { EngineError } from "#base/engine-error.ts";
import { EXPOSITION_LINES } from "#ingest/import/exposition-lines.ts";
import { parseExtraLabels } from "#ingest/import/extra-labels.ts";
import { answerImport, answerImportError } from "#ingest/import/import-answer.ts";
import { type ImportOptions, ImportSession } from "#ingest/import/import-session.ts";
import { JSON_LINES } from "#ingest/import/json-lines.ts";
import { EMPTY_LABELS } from "#model/labels.ts";
import { tenantId } from "#model/refs.ts";
import { WriteRequestSchema } from "#proto/prometheus/remote_write_pb.ts";
import type { BodyAppender, BodyOptions, BodyVerdict } from "#storage/body-appender.ts";
import { BODY_TOO_LARGE, OVERLOADED } from "#storage/storage-errors.ts";
import { VERDICT_CONFLICT } from "#storage/verdict.ts";

type Sample = readonly [labels: string, timestampMs: number, value: number];

class Rig {
  readonly samples: Sample[] = [];
  readonly options: BodyOptions[] = [];
  readonly delays: number[] = [];
  readonly bodies: number[] = [];
  judge: (attempt: number) => BodyVerdict | EngineError | null = () => null;
  inFlight = 0;
  inFlightMost = 0;
  #nowMs = 0;
  readonly session: ImportSession;

  constructor(options: Partial<ImportOptions> = {}) {
    const appender: BodyAppender = {
      bodyBytesMax: 1024 * 1024,
      decodedBytesMax: 1024 * 1024,
      open: (given) => {
        this.options.push(given);
        const chunks: Uint8Array[] = [];
        return {
          write: (chunk) => chunks.push(chunk) > 0,
          submit: () => this.#submit(Buffer.concat(chunks)),
          abort: () => {},
        };
      },
    };
    this.session = new ImportSession(
      {
        appender,
        clock: { wallMs: () => 1_700_000_000_000, monoMs: () => this.#nowMs },
        sleep: async (delayMs) => {
          this.delays.push(delayMs);
          this.#nowMs += delayMs;
        },
      },
      {
        tenant: tenantId(0),
        sender: "tester",
        signal: new AbortController().signal,
        reader: JSON_LINES,
        extraLabels: EMPTY_LABELS,
        timestampMs: null,
        retentionMs: Number.POSITIVE_INFINITY,
        ...options,
      },
    );
  }

  async #submit(body: Buffer): Promise<BodyVerdict> {
    this.inFlightMost = Math.max(this.inFlightMost, ++this.inFlight);
    await new Promise((resolve) => setImmediate(resolve));
    this.inFlight--;
    const judged = this.judge(this.options.length);
    if (judged instanceof EngineError) throw judged;
    this.bodies.push(body.length);
    const { timeseries } = fromBinary(WriteRequestSchema, body);
    const samples = timeseries.flatMap(({ labels, samples: own }) => {
      const text = labels.map(({ name, value }) => `${name}=${value}`).join();
      return own.map(({ timestamp, value }) => [text, Number(timestamp), value] as const);
    });
    this.samples.push(...samples);
    const empty = { histogramsWritten: 0, exemplarsWritten: 0, rejectedCount: 0, rejections: [] };
    return judged ?? { samplesWritten: samples.length, ...empty };
  }

  async run(text: string): Promise<ReturnType<typeof answerImport>> {
    await this.session.push(Buffer.from(text));
    return answerImport(await this.session.end());
  }
}

function line(name: string, values: readonly number[]): string {
  const timestamps = values.map((_, i) => i);
  return `${JSON.stringify({ metric: { __name__: name }, values, timestamps })}\n`;
}

test("samples arrive as history of the tenant, with the labels that were asked for", async () => {
  const extraLabels = parseExtraLabels(["dc=x", "job=new"]);
  const rig = new Rig({ reader: EXPOSITION_LINES, extraLabels, timestampMs: 7 });
  const answer = await rig.run('up{job="old"} 1\nup{job="old"} 2 5');
  expect(answer).toEqual({ status: 204, headers: {}, text: "" });
  expect(rig.samples).toEqual([
    ["__name__=up,dc=x,job=new", 7, 1],
    ["__name__=up,dc=x,job=new", 5, 2],
  ]);
  expect(rig.options).toEqual([
    {
      tenant: 0,
      format: "remote-write-1",
      encoding: "identity",
      isHistory: true,
      sender: "tester",
    },
  ]);
});

test("a bad line is named and costs nothing else", async () => {
  const rig = new Rig();
  const long = line("x".repeat(5000), [1]);
  const { status, text } = await rig.run(`${line("a", [1])}nonsense\n${long}${line("b", [2])}`);
  expect(status).toBe(400);
  expect(text.split("\n")).toEqual([
    "cannot import 2 of 4 lines; the rest is stored (2 samples)",
    expect.stringContaining("line 2: got no JSON"),
    "line 3: got a value of label __name__ of 5000 bytes, want 4096",
    "",
  ]);
  expect(rig.samples.map(([labels]) => labels)).toEqual(["__name__=a", "__name__=b"]);
});

test("of many bad lines the first are told", async () => {
  const { text } = await new Rig().run("x\n".repeat(50));
  expect(text.split("\n")).toHaveLength(23);
  expect(text).toContain("and 30 more lines");
});

test("a long series goes in batches, two at a time, in order", async () => {
  const rig = new Rig();
  const values = Array.from({ length: 100_000 }, (_, i) => i);
  expect(await rig.run(line("a", values))).toMatchObject({ status: 204 });
  expect(rig.samples.map(([, , value]) => value)).toEqual(values);
  expect(rig.bodies.length).toBeGreaterThan(2);
  expect(Math.max(...rig.bodies)).toBeLessThanOrEqual(512 * 1024);
  expect(rig.inFlightMost).toBe(2);
});

test("what storage refuses is told with its lines", async () => {
  const rig = new Rig();
  const rejection = { verdict: VERDICT_CONFLICT, series: "a\nb", timestampMs: 5, detail: "" };
  rig.judge = () => ({
    samplesWritten: 1,
    histogramsWritten: 0,
    exemplarsWritten: 0,
    rejectedCount: 3,
    rejections: [rejection],
  });
  const { status, text } = await rig.run(line("a", [1]) + line("b", [1]));
  expect(status).toBe(400);
  expect(text).toContain("cannot import 3 samples; the rest is stored (1 samples)");
  const cause = "duplicate timestamp with another value: series a b, timestamp 5 ms";
  expect(text).toContain(`lines 1 to 2: ${cause}`);
  expect(text).toContain("and 2 more samples");
});

test("samples older than anything is kept are refused, the others of their line stored", async () => {
  const rig = new Rig({ retentionMs: 1_700_000_000_000 - 2 });
  const { status, text } = await rig.run(line("a", [7, 8, 9, 10]) + line("b", [1]));
  expect(status).toBe(400);
  expect(text.split("\n")).toEqual([
    "cannot import 3 samples; the rest is stored (2 samples)",
    "line 1: older than the longest retention (2 samples): series a, timestamp 0 ms",
    "line 2: older than the longest retention (1 samples): series b, timestamp 0 ms",
    "",
  ]);
  expect(rig.samples).toEqual([
    ["__name__=a", 2, 9],
    ["__name__=a", 3, 10],
  ]);
});

test("a full door parks the import, and in the end it says how far it came", async () => {
  const rig = new Rig();
  rig.judge = (attempt) => (attempt < 4 ? new EngineError(OVERLOADED, "full") : null);
  expect(await rig.run(line("a", [1]))).toMatchObject({ status: 204 });
  expect(rig.delays).toEqual([100, 100, 100]);

  const stuck = new Rig();
  stuck.judge = (attempt) => (attempt < 3 ? null : new EngineError(OVERLOADED, "full"));
  const lines = Array.from({ length: 5 }, (_, i) =>
    line(
      `a${i}`,
      Array.from({ length: 20_000 }, () => i),
    ),
  );
  const error: unknown = await stuck.run(lines.join("")).catch((thrown: unknown) => thrown);
  expect(stuck.delays.length).toBeGreaterThan(200);
  const answer = answerImportError(error, stuck.session.durableLine);
  expect(answer.status).toBe(503);
  expect(answer.headers["retry-after"]).toBe("5");
  expect(answer.text).toBe("full; lines 1 to 1 are stored\n");
});

test("an error that stays is told at once", async () => {
  const rig = new Rig();
  rig.judge = () => new EngineError(BODY_TOO_LARGE, "too large");
  await expect(rig.run(line("a", [1]))).rejects.toThrow("too large");
  expect(rig.delays).toEqual([]);
  expect(answerImportError(new Error("secret"), 0).text).toBe("cannot import: internal error\n");
});

test("extra labels need a name", () => {
  expect(() => parseExtraLabels(["=x"])).toThrow('got "=x", want <name>=<value>');
});
