/** The client side of a node: where it listens and how much of a stranger's time it spends. */
import { bytesOption } from "../kinds/bytes-option.ts";
import { choiceOption } from "../kinds/choice-option.ts";
import { durationOption } from "../kinds/duration-option.ts";
import { integerOption } from "../kinds/integer-option.ts";
import { type ListenAddress, listenAddressOption } from "../kinds/listen-address-option.ts";
import type { SectionSchema } from "../option.ts";

export interface HttpSettings {
  readonly listen: ListenAddress;
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  readonly connectionsMax: number;
  readonly bodyBytesMax: number;
  readonly adminApi: "off" | "on";
}

export const HTTP_OPTIONS: SectionSchema<HttpSettings> = {
  listen: listenAddressOption({
    description: "Where clients connect. Only this machine can reach the default.",
    default: "127.0.0.1:8428",
  }),
  headersTimeoutMs: durationOption({
    description: "How long a client may take to send the headers of a request.",
    defaultMs: 10_000,
    minMs: 1000,
    maxMs: 300_000,
  }),
  bodyTimeoutMs: durationOption({
    description: "How long a client may take to send the body of a request.",
    defaultMs: 30_000,
    minMs: 1000,
    maxMs: 600_000,
  }),
  connectionsMax: integerOption({
    description: "Connections open at a time; more are closed at once.",
    default: 4096,
    min: 16,
    max: 65_535,
  }),
  bodyBytesMax: bytesOption({
    description: "Largest request body as sent, before decompression.",
    default: 32 * 1024 ** 2,
    bytesMin: 64 * 1024,
    bytesMax: 1024 ** 3,
  }),
  adminApi: choiceOption<"off" | "on">({
    description:
      "Whether `/api/v1/admin` and `/snapshot` answer: they make tenants, delete series, take " +
      "snapshots.",
    words: ["off", "on"],
    default: "off",
  }),
};
