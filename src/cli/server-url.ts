/** The flag that says which node a command talks to. */
import type { CommandFlag } from "./command.ts";
import type { ParsedFlags } from "./parse-flags.ts";

const SERVER_DEFAULT = "http://127.0.0.1:8428";

export const URL_FLAG: CommandFlag = {
  name: "url",
  value: "url",
  description: `the node to talk to (default ${SERVER_DEFAULT})`,
};

export function serverUrl(flags: ParsedFlags): string {
  return (flags.values.get(URL_FLAG.name) ?? SERVER_DEFAULT).replace(/\/+$/, "");
}
