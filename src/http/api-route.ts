/**
 * Read requests: gathers the parameters of address and form into one text and hands it to the API
 * door, which parses, evaluates and encodes on a query worker.
 */
import { EngineError } from "#base/engine-error.ts";
import type { ApiAnswer, ApiDoor, ApiRequest } from "./doors.ts";
import { HTTP_MEDIA_TYPE } from "./http-errors.ts";
import { FORM_BYTES_MAX } from "./http-limits.ts";
import { checkDeclared } from "./receive-body.ts";
import type { RouteContext } from "./route-context.ts";

const FORM_TYPE = "application/x-www-form-urlencoded";

export async function answerApi(context: RouteContext, api: ApiDoor): Promise<ApiAnswer> {
  const { request, path, query, signal } = context;
  const method = request.method as ApiRequest["method"];
  const form = method === "POST" || method === "PUT" ? await readForm(context) : "";
  // A parameter given in both places: the form's value comes first and so wins.
  const params = [form, query].filter((part) => part !== "").join("&");
  return api.handle({ tenant: context.tenant, method, path, params }, signal);
}

async function readForm(context: RouteContext): Promise<string> {
  const { headers } = context.request;
  checkDeclared(context.request, FORM_BYTES_MAX);
  const type = headers["content-type"];
  if (type !== undefined && type.split(";")[0]?.trim().toLowerCase() !== FORM_TYPE) {
    throw new EngineError(
      HTTP_MEDIA_TYPE,
      `cannot read the parameters: got content type ${JSON.stringify(type)}, want ${FORM_TYPE}`,
    );
  }
  if (headers["content-encoding"] !== undefined) {
    const cause = `got content encoding ${JSON.stringify(headers["content-encoding"])}, want none`;
    throw new EngineError(HTTP_MEDIA_TYPE, `cannot read the parameters: ${cause}`);
  }
  const chunks: Uint8Array[] = [];
  await context.receive(FORM_BYTES_MAX, (chunk) => {
    chunks.push(chunk);
    return true;
  });
  const text = Buffer.concat(chunks).toString("utf8");
  // A body without a type is a form only if it can be one.
  return text.trim();
}
