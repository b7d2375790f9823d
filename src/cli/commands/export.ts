/**
 * `gyre export`: writes the raw samples of series to a file, or to standard output. A file gets its
 * name when it is whole; what an export that broke off had written stays beside it.
 */
import { EXIT_FAILED, EXIT_OK } from "../cli-deps.ts";
import type { Command, CommandFlag } from "../command.ts";
import { parseFlags, type ParsedFlags } from "../parse-flags.ts";
import { Progress } from "../progress.ts";
import { serverUrl, URL_FLAG } from "../server-url.ts";
import { UsageError } from "../usage-error.ts";

const FLAGS: readonly CommandFlag[] = [
  URL_FLAG,
  { name: "match", value: "selector", description: "the series; more selectors as arguments" },
  { name: "start", value: "time", description: "first time, RFC 3339 or Unix seconds" },
  { name: "end", value: "time", description: "last time" },
  { name: "format", value: "form", description: "json, prometheus or csv (default json)" },
  { name: "columns", value: "list", description: "of CSV: __name__,job,__value__,__timestamp__" },
  { name: "output", value: "file", description: "where to write (default: standard output)" },
];

const STANDARD_OUTPUT = "-";

export const EXPORT: Command = {
  name: "export",
  summary: "write the raw samples of series to a file that import takes",
  usage: "<selector>... [flags]",
  flags: FLAGS,
  takesConfig: false,
  async run(args, deps) {
    const flags = parseFlags(args, FLAGS);
    const { path, form } = requestOf(flags);
    const output = flags.values.get("output") ?? STANDARD_OUTPUT;
    const { files, clock, complain } = deps;
    const progress = new Progress({ verb: "received", totalBytes: null, clock, complain });
    const url = `${serverUrl(flags)}${path}`;
    try {
      const reply = await files.download(url, form, output, (bytes) => progress.add(bytes));
      if (reply.status !== 200) {
        complain(`gyre: cannot export: ${textOf(reply.body) || `HTTP status ${reply.status}`}`);
        return EXIT_FAILED;
      }
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      complain(`gyre: export from ${url} broke off: ${cause}`);
      return EXIT_FAILED;
    }
    if (output !== STANDARD_OUTPUT) deps.print(`${output}: ${progress.text()}`);
    return EXIT_OK;
  },
};

function requestOf(flags: ParsedFlags): { path: string; form: URLSearchParams } {
  const form = new URLSearchParams();
  const match = flags.values.get("match");
  const selectors = match === undefined ? flags.words : [match, ...flags.words];
  if (selectors.length === 0) throw new UsageError('got no selector, want one such as up{job="a"}');
  for (const selector of selectors) form.append("match[]", selector);
  for (const name of ["start", "end"]) {
    const value = flags.values.get(name);
    if (value !== undefined) form.set(name, value);
  }
  const format = flags.values.get("format") ?? "json";
  const columns = flags.values.get("columns");
  if (format !== "csv") {
    if (columns !== undefined) throw new UsageError("--columns: want it with --format csv only");
    form.set("format", format);
    return { path: "/api/v1/export", form };
  }
  if (columns === undefined) throw new UsageError("--columns: got none, want it with CSV");
  form.set("format", columns);
  return { path: "/api/v1/export/csv", form };
}

/** The error of an answer of the API, or its text as it is. */
function textOf(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    return typeof error === "string" ? error : body;
  } catch {
    return body.trimEnd();
  }
}
