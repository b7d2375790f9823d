/**
 * Hands batches of an import to the write door and waits for room there. A full door or a shard that
 * asks to come back parks the batch; it is sent again whole, which changes nothing that is stored.
 */
import { EngineError } from "#base/engine-error.ts";
import type { TenantId } from "#model/refs.ts";
import type { Clock } from "#runtime/ports/clock.ts";
import type { BodyAppender, BodyOptions, BodyVerdict } from "#storage/body-appender.ts";
import { OVERLOADED } from "#storage/storage-errors.ts";
import { PARK_MS_MAX, PARK_STEP_MS } from "./import-limits.ts";

export interface ImportPorts {
  readonly appender: BodyAppender;
  readonly clock: Clock;
  /** Resolves after that long. */
  readonly sleep: (delayMs: number) => Promise<void>;
}

export interface ImportSender {
  readonly tenant: TenantId;
  /** Address and program of the client. */
  readonly sender: string;
  /** Aborted when the client is gone: nothing more is worth storing. */
  readonly signal: AbortSignal;
}

export class ImportStore {
  readonly #ports: ImportPorts;
  readonly #signal: AbortSignal;
  readonly #options: BodyOptions;

  constructor(ports: ImportPorts, { tenant, sender, signal }: ImportSender) {
    this.#ports = ports;
    this.#signal = signal;
    this.#options = {
      tenant,
      format: "remote-write-1",
      encoding: "identity",
      isHistory: true,
      sender,
    };
  }

  /** Resolves when the batch is durable. Rejects with an `EngineError` after parking in vain. */
  async store(body: Uint8Array): Promise<BodyVerdict> {
    const { clock, sleep } = this.#ports;
    const endMs = clock.monoMs() + PARK_MS_MAX;
    for (;;) {
      this.#signal.throwIfAborted();
      try {
        return await this.#tryToStore(body);
      } catch (error) {
        const mayPass = error instanceof EngineError && error.retryable;
        if (!mayPass || clock.monoMs() + PARK_STEP_MS > endMs) throw error;
      }
      await sleep(PARK_STEP_MS);
    }
  }

  #tryToStore(body: Uint8Array): Promise<BodyVerdict> {
    const sink = this.#ports.appender.open(this.#options, body.length);
    const full = "cannot import: all receive buffers are in use";
    if (sink === null) throw new EngineError(OVERLOADED, full);
    if (!sink.write(body)) {
      sink.abort();
      throw new EngineError(OVERLOADED, `${full}, or smaller than ${body.length} bytes`);
    }
    return sink.submit();
  }
}
