/**
 * `/api/v1/admin/tsdb/snapshot` as Prometheus has it, and `/snapshot/create`, `list` and `delete` as
 * VictoriaMetrics has them. A snapshot that is named is durable.
 */
import { EngineError } from "#base/engine-error.ts";
import type { SnapshotAdmin } from "#storage/snapshot-admin.ts";
import type { ApiAnswer } from "../doors.ts";
import { JSON_TYPE } from "../error-answer.ts";
import { HTTP_ADMIN_OFF, HTTP_NOT_FOUND } from "../http-errors.ts";
import { badParameter } from "./api-errors.ts";
import type { ApiScope, Endpoint } from "./api-scope.ts";
import { NO_NOTES, successAnswer } from "./success-answer.ts";

export const answerSnapshot: Endpoint = async (_request, params, scope) => {
  const skipsHeads = params.text("skip_head");
  if (!["", "true", "false"].includes(skipsHeads)) {
    throw badParameter("skip_head", `got ${JSON.stringify(skipsHeads)}, want true or false`);
  }
  const name = await adminOf(scope).create(skipsHeads !== "true");
  return await successAnswer((json) => {
    json.raw('{"name":');
    json.string(name);
    json.raw("}");
  }, NO_NOTES);
};

export const answerSnapshotCreate: Endpoint = async (_request, _params, scope) => {
  return okAnswer({ snapshot: await adminOf(scope).create(true) });
};

export const answerSnapshotList: Endpoint = async (_request, _params, scope) => {
  return okAnswer({ snapshots: await adminOf(scope).list() });
};

export const answerSnapshotDelete: Endpoint = async (_request, params, scope) => {
  const admin = adminOf(scope);
  const name = params.text("snapshot");
  if (await admin.remove(name)) return okAnswer({});
  throw new EngineError(HTTP_NOT_FOUND, `cannot find snapshot ${JSON.stringify(name)}`);
};

function okAnswer(fields: Readonly<Record<string, unknown>>): ApiAnswer {
  const body = Buffer.from(JSON.stringify({ status: "ok", ...fields }));
  return { status: 200, headers: { "content-type": JSON_TYPE }, body };
}

function adminOf({ snapshots }: ApiScope): SnapshotAdmin {
  if (snapshots !== null) return snapshots;
  throw new EngineError(HTTP_ADMIN_OFF, "admin APIs disabled");
}
