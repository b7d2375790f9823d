/** An option that says where to listen: `host:port`, `[v6]:port`, or `:port` for every interface. */
import type { Option } from "../option.ts";

export interface ListenAddress {
  /** Empty: every interface, IPv4 and IPv6. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

const PATTERN = /^(?:\[([0-9a-fA-F:.%]+)\]|([^:[\]\s]*)):(\d{1,5})$/;
const PORT_MAX = 65_535;

export function listenAddressOption(given: {
  readonly description: string;
  readonly default: string;
}): Option<ListenAddress> {
  return {
    kind: "address",
    description: given.description,
    defaultText: given.default,
    want: `an address such as ${given.default}, [::1]:8428 or :8428 (every interface)`,
    isList: false,
    fallback: () => parse(given.default) ?? { host: "127.0.0.1", port: 0 },
    parse,
  };
}

function parse(text: string): ListenAddress | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const port = Number(match[3]);
  if (port > PORT_MAX) return undefined;
  return Object.freeze({ host: match[1] ?? match[2] ?? "", port });
}
