/**
 * `gyre import`: sends files to a node's import doors. The format and the compression follow from
 * the name of the file unless they are told.
 */
import { type CliDeps, EXIT_FAILED, EXIT_OK } from "../cli-deps.ts";
import type { Command, CommandFlag } from "../command.ts";
import { type ParsedFlags, parseFlags } from "../parse-flags.ts";
import { Progress } from "../progress.ts";
import { serverUrl, URL_FLAG } from "../server-url.ts";
import { UsageError } from "../usage-error.ts";

const FLAGS: readonly CommandFlag[] = [
  URL_FLAG,
  { name: "format", value: "form", description: "json, prometheus or csv (default: by the name)" },
  { name: "columns", value: "list", description: "of CSV: 2:metric:ask,1:label:t,3:time:unix_s" },
  { name: "label", value: "name=value", description: "put on every series" },
  { name: "timestamp", value: "ms", description: "of samples that come without one" },
];

const FORMATS = ["json", "prometheus", "csv"] as const;
type Format = (typeof FORMATS)[number];

const PATHS: Readonly<Record<Format, string>> = {
  json: "/api/v1/import",
  prometheus: "/api/v1/import/prometheus",
  csv: "/api/v1/import/csv",
};

const ENDINGS: ReadonlyMap<string, Format> = new Map([
  ["json", "json"],
  ["jsonl", "json"],
  ["ndjson", "json"],
  ["prom", "prometheus"],
  ["txt", "prometheus"],
  ["csv", "csv"],
]);

const COMPRESSIONS: ReadonlyMap<string, string> = new Map([
  ["gz", "gzip"],
  ["zst", "zstd"],
]);

export const IMPORT: Command = {
  name: "import",
  summary: "send files of samples to a node; - is standard input",
  usage: "<file>... [flags]",
  flags: FLAGS,
  takesConfig: false,
  async run(args, deps) {
    const flags = parseFlags(args, FLAGS);
    if (flags.words.length === 0) throw new UsageError("got no file, want at least one");
    const uploads = flags.words.map((file) => uploadOf(file, flags));
    let code = EXIT_OK;
    for (const upload of uploads) {
      if (!(await send(upload, deps))) code = EXIT_FAILED;
    }
    return code;
  },
};

interface Upload {
  readonly file: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

function uploadOf(file: string, flags: ParsedFlags): Upload {
  const endings = file.toLowerCase().split(".").slice(1);
  const encoding = COMPRESSIONS.get(endings.at(-1) ?? "");
  const ending = endings.at(encoding === undefined ? -1 : -2) ?? "";
  const format = formatOf(flags.values.get("format") ?? ENDINGS.get(ending) ?? "json");
  const params = new URLSearchParams();
  const columns = flags.values.get("columns");
  if (columns !== undefined) params.set("format", columns);
  else if (format === "csv") throw new UsageError("--columns: got none, want it with CSV");
  for (const [flag, param] of [
    ["label", "extra_label"],
    ["timestamp", "timestamp"],
  ] as const) {
    const value = flags.values.get(flag);
    if (value !== undefined) params.set(param, value);
  }
  const query = params.size === 0 ? "" : `?${params}`;
  return {
    file,
    url: `${serverUrl(flags)}${PATHS[format]}${query}`,
    headers: encoding === undefined ? {} : { "content-encoding": encoding },
  };
}

function formatOf(text: string): Format {
  const format = FORMATS.find((one) => one === text);
  if (format !== undefined) return format;
  throw new UsageError(`--format: got ${JSON.stringify(text)}, want ${FORMATS.join(", ")}`);
}

/** True when everything in the file was stored. */
async function send({ file, url, headers }: Upload, deps: CliDeps): Promise<boolean> {
  const { files, clock, complain } = deps;
  try {
    const totalBytes = files.sizeOf(file);
    const progress = new Progress({ verb: "sent", totalBytes, clock, complain });
    const reply = await files.upload(url, file, headers, (bytes) => progress.add(bytes));
    if (reply.status === 204) {
      deps.print(`${file}: stored, ${progress.text()}`);
      return true;
    }
    complain(`gyre: ${file}: ${reply.body.trimEnd() || `got HTTP status ${reply.status}`}`);
  } catch (error) {
    complain(`gyre: cannot import ${file}: ${error instanceof Error ? error.message : error}`);
  }
  return false;
}
