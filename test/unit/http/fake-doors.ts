/**
 * Doors that record what the listener asks of them; each test sets the answers it needs. `Listener`
 * puts a real server on a free loopback port in front of them.
 */
import type { ApiAnswer, ApiDoor, ApiRequest, StatusDoor, TenantDoor } from "#http/doors.ts";
import type { HttpMetrics } from "#http/http-metrics.ts";
import { HttpServer, type HttpServerOptions } from "#http/http-server.ts";
import { tenantId } from "#model/refs.ts";
import { NodeClock } from "#runtime/node/node-clock.ts";
import type { TimerHandle, Timers } from "#runtime/ports/clock.ts";
import type { Logger } from "#runtime/ports/logger.ts";
import type { BodyAppender, BodyOptions, BodySink, BodyVerdict } from "#storage/body-appender.ts";

export const STORED: BodyVerdict = {
  samplesWritten: 2,
  histogramsWritten: 0,
  exemplarsWritten: 0,
  rejectedCount: 0,
  rejections: [],
};

export class FakeSink implements BodySink {
  readonly options: BodyOptions;
  readonly declaredBytes: number;
  readonly chunks: Buffer[] = [];
  state: "open" | "submitted" | "aborted" = "open";
  readonly #appender: FakeAppender;

  constructor(appender: FakeAppender, options: BodyOptions, declaredBytes: number) {
    this.#appender = appender;
    this.options = options;
    this.declaredBytes = declaredBytes;
  }

  get body(): string {
    return Buffer.concat(this.chunks).toString();
  }

  write(chunk: Uint8Array): boolean {
    if (this.state !== "open") throw new Error(`write after ${this.state}`);
    this.chunks.push(Buffer.from(chunk));
    return this.body.length <= this.#appender.bodyBytesMax;
  }

  submit(): Promise<BodyVerdict> {
    this.#end("submitted");
    return this.#appender.answer();
  }

  abort(): void {
    this.#end("aborted");
    this.#appender.aborted();
  }

  #end(state: "submitted" | "aborted"): void {
    if (this.state !== "open") throw new Error(`${state} after ${this.state}`);
    this.state = state;
  }
}

export class FakeAppender implements BodyAppender {
  bodyBytesMax: number = 1024 * 1024;
  decodedBytesMax: number = 4 * 1024 * 1024;
  isFull = false;
  answer: () => Promise<BodyVerdict> = () => Promise.resolve(STORED);
  aborted: () => void = () => {};
  readonly sinks: FakeSink[] = [];

  open(options: BodyOptions, declaredBytes: number): BodySink | null {
    if (this.isFull) return null;
    const sink = new FakeSink(this, options, declaredBytes);
    this.sinks.push(sink);
    return sink;
  }
}

export class FakeApi implements ApiDoor {
  readonly requests: ApiRequest[] = [];
  answer: (request: ApiRequest, signal: AbortSignal) => Promise<ApiAnswer> = () =>
    Promise.resolve({
      status: 200,
      headers: { "content-type": "application/json" },
      body: Buffer.from('{"status":"success"}\n'),
    });

  handle(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    this.requests.push(request);
    return this.answer(request, signal);
  }
}

/** Timers that fire when the test says so. */
export class ManualTimers implements Timers {
  readonly pending: { delayMs: number; fire: () => void }[] = [];

  after(delayMs: number, fire: () => void): TimerHandle {
    const timer = { delayMs, fire };
    this.pending.push(timer);
    const cancel = (): void => {
      const at = this.pending.indexOf(timer);
      if (at >= 0) this.pending.splice(at, 1);
    };
    return { cancel };
  }

  fire(delayMs: number): void {
    for (const timer of this.pending.filter((candidate) => candidate.delayMs === delayMs)) {
      this.pending.splice(this.pending.indexOf(timer), 1);
      timer.fire();
    }
  }
}

export interface LogLine {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export function recordingLogger(lines: LogLine[]): Logger {
  const record = (fields: Readonly<Record<string, unknown>>, message: string): void => {
    lines.push({ fields, message });
  };
  const logger: Logger = {
    debug: record,
    info: record,
    warn: record,
    error: record,
    child: () => logger,
  };
  return logger;
}

export class Listener {
  readonly appender: FakeAppender = new FakeAppender();
  readonly api: FakeApi = new FakeApi();
  readonly timers: ManualTimers = new ManualTimers();
  readonly logLines: LogLine[] = [];
  readonly answered: { route: string; status: number }[] = [];
  notReady: string | null = null;
  dropped = 0;
  /** Made so far. */
  tenants = 0;
  readonly server: HttpServer;
  port = 0;

  constructor(options: Partial<HttpServerOptions> = {}) {
    const status: StatusDoor = {
      notReady: () => this.notReady,
      metricsText: () => Promise.resolve("# TYPE up gauge\nup 1\n"),
    };
    const tenants: TenantDoor = {
      issue: () => tenantId(++this.tenants),
      isKnown: (tenant) => tenant <= this.tenants,
    };
    const metrics: HttpMetrics = {
      answered: (route, code) => void this.answered.push({ route, status: code }),
      connectionOpened: () => {},
      connectionClosed: () => {},
      connectionDropped: () => void this.dropped++,
    };
    this.server = new HttpServer(
      {
        headersTimeoutMs: 10_000,
        bodyTimeoutMs: 30_000,
        connectionsMax: 100,
        bodyBytesMax: 1024 * 1024,
        retentionMs: Number.POSITIVE_INFINITY,
        adminApi: "on",
        ...options,
      },
      {
        appender: this.appender,
        api: this.api,
        status,
        tenants,
        clock: new NodeClock(),
        timers: this.timers,
        logger: recordingLogger(this.logLines),
        metrics,
      },
    );
  }

  static async start(options: Partial<HttpServerOptions> = {}): Promise<Listener> {
    const listener = new Listener(options);
    const { port } = await listener.server.listen({ host: "127.0.0.1", port: 0 });
    listener.port = port;
    return listener;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** Cuts whatever is left open, so a test never waits for a connection it does not care about. */
  async stop(): Promise<void> {
    const closed = this.server.close(CLOSE_MS);
    this.timers.fire(CLOSE_MS);
    await closed;
  }
}

const CLOSE_MS = 77;
