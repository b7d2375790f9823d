/** The flag that says which node a command talks to. */
import type { CommandFlag } from "./command.ts";
import type { ParsedFlags } from "./parse-flags.ts";

export const SERVER_DEFAULT: string = "http://127.0.0.1:8428";

export const URL_FLAG: CommandFlag = {
  name: "url",
  value: "url",
  description: `the node to talk to (default ${SERVER_DEFAULT})`,
};

/** Without the slashes at its end; `flag` is the name of a flag like `URL_FLAG`. */
export function serverUrl(flags: ParsedFlags, flag: string = URL_FLAG.name): string {
  return (flags.values.get(flag) ?? SERVER_DEFAULT).replace(/\/+$/, "");
}
