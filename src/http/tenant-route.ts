/** `POST /api/v1/admin/tenants`: makes a tenant and says its number. Off unless `http.adminApi` is on. */
import type { ApiAnswer, TenantDoor } from "./doors.ts";
import { JSON_TYPE } from "./error-answer.ts";

export function answerNewTenant(tenants: TenantDoor): ApiAnswer {
  const body = JSON.stringify({ status: "success", data: { tenant: tenants.issue() } });
  return { status: 200, headers: { "content-type": JSON_TYPE }, body: Buffer.from(`${body}\n`) };
}
