/** The page at `/`: what this is and what to try first, as HTML for browsers and text for `curl`. */
import type { IncomingMessage } from "node:http";
import type { ApiAnswer } from "./doors.ts";

interface Hint {
  readonly path: string;
  readonly note: string;
}

const TITLE = "Gyre";
const INTRO = "Metrics storage that speaks Prometheus. This node is up; try:";
const HINTS: readonly Hint[] = [
  { path: "/api/v1/query?query=up", note: "the present value of a query" },
  { path: "/api/v1/labels", note: "the label names there are" },
  { path: "/api/v1/label/__name__/values", note: "the metrics there are" },
  { path: "/metrics", note: "what this node measures about itself" },
  { path: "/-/ready", note: "whether it takes requests" },
];
const SEND = [
  "Prometheus, vmagent: remote_write to /api/v1/write",
  "Grafana: a Prometheus data source with this address",
];

export function answerLanding(request: IncomingMessage): ApiAnswer {
  const wantsHtml = request.headers.accept?.includes("text/html") === true;
  const type = wantsHtml ? "text/html" : "text/plain";
  return {
    status: 200,
    headers: {
      "content-type": `${type}; charset=utf-8`,
      // One static page without scripts; nothing else may run or frame it.
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      "x-frame-options": "DENY",
    },
    body: Buffer.from(wantsHtml ? html() : plain()),
  };
}

function plain(): string {
  const width = Math.max(...HINTS.map((hint) => hint.path.length));
  const hints = HINTS.map((hint) => `  ${hint.path.padEnd(width)}  ${hint.note}`);
  return [TITLE, "", INTRO, ...hints, "", ...SEND.map((line) => `  ${line}`), ""].join("\n");
}

function html(): string {
  const hints = HINTS.map(
    (hint) => `<li><a href="${hint.path}"><code>${hint.path}</code></a> ${hint.note}</li>`,
  );
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${TITLE}</title>`,
    "<style>body{font:16px/1.6 system-ui;max-width:44rem;margin:3rem auto;padding:0 1rem}</style>",
    `</head><body><h1>${TITLE}</h1><p>${INTRO}</p><ul>${hints.join("")}</ul>`,
    `<ul>${SEND.map((line) => `<li>${line}</li>`).join("")}</ul></body></html>\n`,
  ].join("");
}
