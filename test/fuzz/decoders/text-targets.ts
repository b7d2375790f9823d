/**
 * Decoders of text: imports line by line, metrics pages, settings. They get whatever UTF-8 makes of
 * the bytes, broken sequences as the replacement character.
 */
import { readConfigFile } from "#config/read-config-file.ts";
import { readConfigFlags } from "#config/read-config-flags.ts";
import { parseExposition } from "#ingest/exposition/parse-exposition.ts";
import { csvLines } from "#ingest/import/csv/csv-lines.ts";
import { parseCsvColumns } from "#ingest/import/csv/csv-columns.ts";
import { EXPOSITION_LINES } from "#ingest/import/exposition-lines.ts";
import { JSON_LINES } from "#ingest/import/json-lines.ts";
import type { LineReader } from "#ingest/import/line-reader.ts";
import { LineSplitter } from "#ingest/import/line-splitter.ts";
import type { DecoderTarget } from "./decoder-target.ts";

const NOW_MS = 1_700_000_000_000;
const LINE_BYTES_MAX = 256;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function lineTarget(name: string, reader: LineReader, lines: readonly string[]): DecoderTarget {
  return {
    name,
    share: 0.5,
    valid: lines.map((line) => encoder.encode(line)),
    run: (bytes) => void reader.read(decoder.decode(bytes), NOW_MS),
  };
}

const PAGE = [
  "# HELP http_requests_total Requests.",
  "# TYPE http_requests_total counter",
  'http_requests_total{method="post",code="200"} 1027 1395066363000',
  'http_requests_total{method="p\\"o\\\\s\\nt",} 3 -1',
  "metric_without_labels 12.47",
  "something_weird{} +Inf",
  "rpc_duration_seconds_sum 1.7560473e+07",
  "",
].join("\n");

const CONFIG = [
  "http:",
  "  listen: 127.0.0.1:8428",
  "storage:",
  "  data: ./data",
  "  headWindow: 2h",
  "",
].join("\n");

export function textTargets(): DecoderTarget[] {
  const csv = csvLines(parseCsvColumns("1:time:rfc3339,2:label:job,3:metric:up,4:metric:load"));
  return [
    lineTarget("JSON line", JSON_LINES, [
      '{"metric":{"__name__":"up","job":"node"},"values":[1,null,2.5e3],"timestamps":[1,2,3]}',
      '{"metric":{"__name__":"up"},"values":[NaN,-Inf,"inf"],"timestamps":[1549891472010,2,-3]}',
    ]),
    lineTarget("exposition line", EXPOSITION_LINES, PAGE.split("\n")),
    lineTarget("CSV line", csv, [
      "2022-12-25T16:57:12.000000023Z,node,1,2.5",
      '2022-12-25T16:57:12+01:00,"a ""b"", c",NaN,-Inf',
    ]),
    {
      name: "CSV columns",
      share: 0.5,
      valid: ["2:metric:up,1:time:unix_s,3:label:a", "1:time:custom:2006-01-02,2:metric:b"].map(
        (text) => encoder.encode(text),
      ),
      run: (bytes) => void parseCsvColumns(decoder.decode(bytes)),
    },
    {
      name: "line splitter",
      share: 0.5,
      valid: [encoder.encode(`a\r\n\nlonger ${"x".repeat(LINE_BYTES_MAX)}\nend`)],
      run: (bytes) => {
        const splitter = new LineSplitter(LINE_BYTES_MAX);
        const middle = bytes.length >>> 1;
        for (const part of [bytes.subarray(0, middle), bytes.subarray(middle)]) {
          splitter.feed(part);
          while (splitter.next() !== null) continue;
        }
        splitter.end();
      },
    },
    {
      name: "metrics page",
      share: 0.3,
      valid: [encoder.encode(PAGE)],
      run: (bytes) => void parseExposition(decoder.decode(bytes)),
    },
    {
      name: "settings file",
      share: 0.01,
      valid: [encoder.encode(CONFIG)],
      run: (bytes) => void readConfigFile({ name: "gyre.yaml", text: decoder.decode(bytes) }),
    },
    {
      name: "settings flags",
      share: 0.3,
      valid: [encoder.encode("--storage.data=./data --http.listen 127.0.0.1:1 --config=a.yaml")],
      run: (bytes) => void readConfigFlags(decoder.decode(bytes).split(" ")),
    },
  ];
}
