/**
 * The short way for write requests: new connections start here, and stay as long as all their
 * requests are plain writes that the appender takes. The listener's limits hold here as they do for
 * everybody else; whatever needs a refusal before its body was read goes to node:http for it.
 */
import type { Socket } from "node:net";
import type { Clock, Timers } from "#runtime/ports/clock.ts";
import { type Negotiation, negotiate } from "#ingest/prometheus-remote-write/negotiate.ts";
import type { TenantId } from "#model/refs.ts";
import type { BodyAppender } from "#storage/body-appender.ts";
import { answerBody, answerBodyError } from "./body-answer.ts";
import type { TenantDoor } from "./doors.ts";
import { LaneConnection, type LaneDoor, type LaneRequest } from "./lane-connection.ts";
import type { LaneHead } from "./lane-head.ts";
import { LaneHeads } from "./lane-heads.ts";
import { type Route, routeOf } from "./route-table.ts";
import { senderOf } from "./sender-of.ts";
import { isOnSide, parseTenantPath } from "./tenant-path.ts";

export interface WriteLaneOptions {
  readonly appender: BodyAppender;
  readonly tenants: TenantDoor;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly bodyBytesMax: number;
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  /** Gives the connection to node:http, as if it were new. */
  readonly handOver: (socket: Socket) => void;
  readonly expired: (socket: Socket) => void;
  /** A request begins; false when too many are being answered. */
  readonly begin: (socket: Socket) => boolean;
  readonly ended: (socket: Socket, route: Route, status: number, durationMs: number) => void;
  readonly fault: (error: unknown, route: Route) => void;
}

interface LaneTarget {
  readonly target: string;
  readonly tenant: TenantId;
  readonly route: Route;
}

interface LaneTerms {
  readonly headers: LaneHead["headers"];
  readonly negotiated: Negotiation;
}

export class WriteLane {
  readonly #options: WriteLaneOptions;
  readonly #door: LaneDoor;
  readonly #connections = new Set<LaneConnection>();
  /** Nearly all requests have the same one. */
  #lastTarget: LaneTarget | null = null;
  #lastTerms: LaneTerms | null = null;

  constructor(options: WriteLaneOptions) {
    const { timers, headersTimeoutMs, bodyTimeoutMs, handOver, expired } = options;
    this.#options = options;
    this.#door = {
      heads: new LaneHeads(),
      take: (head, socket) => this.#take(head, socket),
      handOver,
      expired,
      closed: (connection) => void this.#connections.delete(connection),
      timers,
      headersTimeoutMs,
      bodyTimeoutMs,
    };
  }

  /** Takes over a new connection that nobody listens to yet. */
  add(socket: Socket): void {
    this.#connections.add(new LaneConnection(socket, this.#door));
  }

  /** Ends connections as soon as nothing is being answered on them. */
  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  destroyAll(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  #take(head: LaneHead, socket: Socket): LaneRequest | null {
    const { appender, bodyBytesMax, clock, begin, ended, fault } = this.#options;
    const target = this.#targetOf(head.target);
    if (target === null || !this.#options.tenants.isKnown(target.tenant)) return null;
    if (head.bodyBytes > Math.min(bodyBytesMax, appender.bodyBytesMax)) return null;
    const negotiated = this.#negotiated(head);
    if (negotiated.kind === "refused") return null;
    const { format, encoding } = negotiated;
    const { tenant, route } = target;
    const sender = senderOf(socket, head.headers["user-agent"]);
    const sink = appender.open({ tenant, format, encoding, sender }, head.bodyBytes);
    if (sink === null) return null;
    if (!begin(socket)) {
      sink.abort();
      return null;
    }
    const startMs = clock.monoMs();
    const report = (error: unknown): void => fault(error, route);
    return {
      sink,
      answer: () => answerBody(sink, format, report),
      refuse: (error) => answerBodyError(error, format, report),
      ended: (status) => ended(socket, route, status, clock.monoMs() - startMs),
    };
  }

  /** Heads that are alike share their headers. */
  #negotiated({ headers }: LaneHead): Negotiation {
    if (this.#lastTerms?.headers === headers) return this.#lastTerms.negotiated;
    const negotiated = negotiate(headers);
    this.#lastTerms = { headers, negotiated };
    return negotiated;
  }

  #targetOf(target: string): LaneTarget | null {
    if (this.#lastTarget?.target === target) return this.#lastTarget;
    const mark = target.indexOf("?");
    const where = parseTenantPath(mark < 0 ? target : target.slice(0, mark));
    const route = where === null ? null : routeOf(where.path);
    if (where === null || route?.kind !== "write" || !isOnSide(where, route)) return null;
    this.#lastTarget = { target, tenant: where.tenant, route };
    return this.#lastTarget;
  }
}
