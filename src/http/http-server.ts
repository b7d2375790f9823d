/**
 * The listener: accepts connections, finds the route of each request, keeps every limit, answers.
 * It decides nothing about samples or queries; those lie behind the doors. A request costs the
 * memory of its connection until its route takes the body in.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { assert, must } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import type { Clock, Timers } from "#runtime/ports/clock.ts";
import type { Logger } from "#runtime/ports/logger.ts";
import { tenantId, type TenantId } from "#model/refs.ts";
import type { BodyAppender } from "#storage/body-appender.ts";
import { answerApi } from "./api-route.ts";
import { ConnectionTable } from "./connection-table.ts";
import type { ApiAnswer, ApiDoor, StatusDoor, TenantDoor } from "./doors.ts";
import { errorAnswer, refusal } from "./error-answer.ts";
import {
  HTTP_BAD_REQUEST,
  HTTP_BUSY,
  HTTP_CLIENT_GONE,
  HTTP_METHOD_NOT_ALLOWED,
  HTTP_ADMIN_OFF,
  HTTP_NOT_FOUND,
  HTTP_TENANT_UNKNOWN,
} from "./http-errors.ts";
import {
  ACCEPT_BACKLOG,
  DEADLINE_CHECK_MS,
  HEADER_BYTES_MAX,
  HEADERS_MAX,
  IMPORTS_IN_FLIGHT_MAX,
  KEEP_ALIVE_MS,
  REQUESTS_IN_FLIGHT_MAX,
} from "./http-limits.ts";
import type { HttpMetrics } from "./http-metrics.ts";
import { answerImportRequest } from "./import-route.ts";
import { answerLanding } from "./landing-page.ts";
import { receiveBody } from "./receive-body.ts";
import { refuseMalformed } from "./refuse-malformed.ts";
import type { RouteContext } from "./route-context.ts";
import { allowedMethods, type Route, routeOf } from "./route-table.ts";
import { sendAnswer } from "./send-answer.ts";
import { sendStream } from "./send-stream.ts";
import { streamBody } from "./stream-body.ts";
import { answerHealthy, answerMetrics, answerReady } from "./status-routes.ts";
import { isOnSide, parseTenantPath } from "./tenant-path.ts";
import { answerNewTenant } from "./tenant-route.ts";
import { WriteLane } from "./write-lane.ts";
import { answerWrite } from "./write-route.ts";

const DEFAULT_TENANT: TenantId = tenantId(0);

export interface HttpServerOptions {
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  readonly connectionsMax: number;
  readonly bodyBytesMax: number;
  /** Imports of older samples are refused; Infinity when some are kept for ever. */
  readonly retentionMs: number;
  readonly adminApi: "off" | "on";
}

export interface HttpServerDoors {
  readonly appender: BodyAppender;
  readonly api: ApiDoor;
  readonly status: StatusDoor;
  readonly tenants: TenantDoor;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly metrics: HttpMetrics;
}

export interface ListenOptions {
  /** Empty: every interface. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Several listeners share the port; the kernel spreads connections over them. */
  readonly reusePort?: boolean;
}

const REQUEST_TIMEOUT = "ERR_HTTP_REQUEST_TIMEOUT";

/** As node:http reports it. */
function expiredError(): Error & { code: string } {
  return Object.assign(new Error("no request came in time"), { code: REQUEST_TIMEOUT });
}

export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #doors: HttpServerDoors;
  readonly #server: Server;
  readonly #connections: ConnectionTable;
  readonly #lane: WriteLane;
  /** Connections whose present request has a body without a limit. */
  readonly #streaming = new WeakSet<object>();
  #isClosing = false;
  #requestsInFlight = 0;
  #importsInFlight = 0;

  constructor(options: HttpServerOptions, doors: HttpServerDoors) {
    this.#options = options;
    this.#doors = doors;
    this.#connections = new ConnectionTable(options.connectionsMax);
    this.#server = this.#build();
    this.#lane = this.#buildLane();
  }

  /** Resolves with the address in use; rejects when it cannot be had. */
  async listen(where: ListenOptions): Promise<{ host: string; port: number }> {
    const server = this.#server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(
        {
          ...(where.host === "" ? {} : { host: where.host }),
          port: where.port,
          reusePort: where.reusePort ?? false,
          backlog: ACCEPT_BACKLOG,
        },
        () => {
          server.off("error", reject);
          resolve();
        },
      );
    });
    const { address, port } = server.address() as AddressInfo;
    return { host: address, port };
  }

  /**
   * Stops accepting, lets requests in flight finish for at most `graceMs`, then cuts them.
   * `/-/ready` says 503 from the first moment.
   */
  async close(graceMs: number): Promise<void> {
    assert(!this.#isClosing, "http: closed twice");
    this.#isClosing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    this.#lane.close();
    const timer = this.#doors.timers.after(graceMs, () => {
      this.#server.closeAllConnections();
      this.#lane.destroyAll();
    });
    await closed;
    timer.cancel();
  }

  #build(): Server {
    const { headersTimeoutMs, bodyTimeoutMs, connectionsMax } = this.#options;
    const server = createServer({
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: headersTimeoutMs,
      // Backs up the body timer of `receiveBody` for bodies that no route reads.
      requestTimeout: headersTimeoutMs + bodyTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: Math.min(DEADLINE_CHECK_MS, headersTimeoutMs),
      noDelay: true,
    });
    server.maxHeadersCount = HEADERS_MAX;
    server.maxConnections = connectionsMax;
    const { metrics } = this.#doors;
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      void this.#handle(request, response);
    };
    server.on("request", handle).on("checkContinue", handle);
    server.on("clientError", (error: Error & { code?: string }, socket) => {
      // Streamed bodies may take hours; they have a limit of their own for a silent client.
      const isPatient = error.code === REQUEST_TIMEOUT && this.#streaming.has(socket);
      if (!isPatient) refuseMalformed(error, socket);
    });
    server.on("drop", () => metrics.connectionDropped());
    return server;
  }

  /** New connections go to the lane; node:http gets those that are not for it. */
  #buildLane(): WriteLane {
    const { appender, tenants, clock, timers, metrics } = this.#doors;
    const { bodyBytesMax, headersTimeoutMs, bodyTimeoutMs } = this.#options;
    const server = this.#server;
    const serve = must(server.listeners("connection")[0], "http: node's own connection listener");
    server.removeAllListeners("connection");
    const lane = new WriteLane({
      ...{ appender, tenants, clock, timers, bodyBytesMax, headersTimeoutMs, bodyTimeoutMs },
      handOver: (socket) => serve.call(server, socket),
      expired: (socket) => refuseMalformed(expiredError(), socket),
      begin: (socket) => {
        if (this.#requestsInFlight >= REQUESTS_IN_FLIGHT_MAX) return false;
        this.#requestsInFlight++;
        this.#connections.busy(socket);
        return true;
      },
      ended: (socket, { pattern }, status, durationMs) => {
        this.#requestsInFlight--;
        this.#connections.idle(socket);
        metrics.answered(pattern, status, durationMs);
      },
      fault: (error, { pattern }) => this.#reportFault(error, pattern),
    });
    server.on("connection", (socket: Socket) => {
      metrics.connectionOpened();
      this.#connections.opened(socket, () => metrics.connectionClosed());
      if (!socket.destroyed) lane.add(socket);
    });
    return lane;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startMs = this.#doors.clock.monoMs();
    const url = request.url ?? "";
    const mark = url.indexOf("?");
    const path = mark < 0 ? url : url.slice(0, mark);
    const where = parseTenantPath(path);
    const route = where === null ? null : routeOf(where.path);
    const { socket } = request;
    this.#connections.busy(socket);
    response.once("close", () => {
      this.#streaming.delete(socket);
      this.#connections.idle(socket);
      const durationMs = this.#doors.clock.monoMs() - startMs;
      this.#doors.metrics.answered(route?.pattern ?? "unknown", response.statusCode, durationMs);
    });
    const context = this.#contextOf(request, response, where?.tenant ?? DEFAULT_TENANT, {
      path: where?.path ?? path,
      query: mark < 0 ? "" : url.slice(mark + 1),
    });
    const isThere = route !== null && where !== null && isOnSide(where, route);
    const answer = await this.#answer(isThere ? route : null, context);
    const options = { timers: this.#doors.timers, isClosing: this.#isClosing };
    const { rest } = answer;
    if (rest === undefined) sendAnswer(request, response, answer, options);
    else {
      const broken = (error: unknown): void => this.#reportBroken(error, path);
      await sendStream(request, response, { ...answer, rest }, { ...options, broken });
    }
  }

  #contextOf(
    request: IncomingMessage,
    response: ServerResponse,
    tenant: TenantId,
    { path, query }: Pick<RouteContext, "path" | "query">,
  ): RouteContext {
    const gone = new AbortController();
    response.once("close", () => {
      if (response.writableFinished) return;
      gone.abort(new EngineError(HTTP_CLIENT_GONE, "cannot answer: the client went away"));
    });
    const { timers } = this.#doors;
    const timeoutMs = this.#options.bodyTimeoutMs;
    return {
      request,
      tenant,
      path,
      query,
      signal: gone.signal,
      receive(bytesMax, take) {
        if (request.headers.expect !== undefined) response.writeContinue();
        return receiveBody(request, { bytesMax, timeoutMs }, timers, take);
      },
      stream: () => {
        this.#streaming.add(request.socket);
        if (request.headers.expect !== undefined) response.writeContinue();
        return streamBody(request, timeoutMs, timers);
      },
    };
  }

  /** Never rejects. */
  async #answer(route: Route | null, context: RouteContext): Promise<ApiAnswer> {
    const { request, path } = context;
    if (!path.startsWith("/")) {
      return refusal(HTTP_BAD_REQUEST, "cannot find the route: want a path that starts with /");
    }
    if (route === null) {
      return refusal(HTTP_NOT_FOUND, `cannot find ${cutPath(path)}: no such route, / lists some`);
    }
    const method = request.method === "HEAD" ? "GET" : request.method;
    if (!route.methods.some((allowed) => allowed === method)) {
      const allow = allowedMethods(route);
      const message = `cannot ${request.method} ${cutPath(path)}: want ${allow}`;
      return refusal(HTTP_METHOD_NOT_ALLOWED, message, { allow });
    }
    if (!this.#doors.tenants.isKnown(context.tenant)) {
      return refusal(HTTP_TENANT_UNKNOWN, `cannot find tenant ${context.tenant}: it was not made`);
    }
    try {
      return await this.#dispatch(route, context);
    } catch (error) {
      this.#reportFault(error, route.pattern);
      return errorAnswer(error);
    }
  }

  #dispatch(route: Route, context: RouteContext): ApiAnswer | Promise<ApiAnswer> {
    const { appender, api, status } = this.#doors;
    const { bodyBytesMax, retentionMs } = this.#options;
    switch (route.kind) {
      case "api":
        return this.#bounded(() => answerApi(context, api));
      case "write": {
        const fault = (error: unknown): void => this.#reportFault(error, route.pattern);
        return this.#bounded(() => answerWrite(context, { appender, bodyBytesMax, fault }));
      }
      case "import": {
        const fault = (error: unknown): void => this.#reportFault(error, route.pattern);
        const { clock, timers } = this.#doors;
        const door = { appender, clock, timers, retentionMs, fault };
        return this.#bounded(() => this.#import(() => answerImportRequest(context, door)));
      }
      case "ready":
        return answerReady(status, this.#isClosing);
      case "healthy":
        return answerHealthy();
      case "metrics":
        return answerMetrics(status);
      case "landing":
        return answerLanding(context.request);
      case "tenants":
        if (this.#options.adminApi === "on") return answerNewTenant(this.#doors.tenants);
        return refusal(HTTP_ADMIN_OFF, "cannot make a tenant: http.adminApi is off");
    }
  }

  async #import(run: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
    if (this.#importsInFlight >= IMPORTS_IN_FLIGHT_MAX) {
      const got = `${this.#importsInFlight} imports are under way`;
      return refusal(HTTP_BUSY, `cannot take the import: ${got}, send it again`);
    }
    this.#importsInFlight++;
    try {
      return await run();
    } finally {
      this.#importsInFlight--;
    }
  }

  async #bounded(run: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
    if (this.#requestsInFlight >= REQUESTS_IN_FLIGHT_MAX) {
      const got = `${this.#requestsInFlight} requests are being answered`;
      return refusal(HTTP_BUSY, `cannot take the request: ${got}, send it again`);
    }
    this.#requestsInFlight++;
    try {
      return await run();
    } finally {
      this.#requestsInFlight--;
    }
  }

  /** The client sees a broken answer; only our log can say why. */
  #reportBroken(error: unknown, path: string): void {
    this.#doors.logger.error({ err: error, path: cutPath(path) }, "answer broke off");
  }

  /** Operating errors are the answer; anything else is a fault whose stack belongs in our log. */
  #reportFault(error: unknown, route: string): void {
    if (error instanceof EngineError) return;
    this.#doors.logger.error({ err: error, route }, "request failed");
  }
}

/** Paths come from strangers; an answer repeats only a little of one. */
const PATH_CHARACTERS_MAX = 100;

function cutPath(path: string): string {
  return path.length > PATH_CHARACTERS_MAX ? `${path.slice(0, PATH_CHARACTERS_MAX)}...` : path;
}
