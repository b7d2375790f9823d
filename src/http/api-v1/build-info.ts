/**
 * `/api/v1/status/buildinfo`. Clients (Grafana among them) decide by `version` which requests they
 * may send, so it is the version of Prometheus whose API this is; our own stands beside it.
 */
import type { Endpoint } from "./api-scope.ts";
import { NO_NOTES, successAnswer } from "./success-answer.ts";

const API_VERSION = "3.14.0";

export const answerBuildInfo: Endpoint = async (_request, _params, scope) => {
  const info = {
    version: API_VERSION,
    revision: "",
    branch: "",
    buildUser: "",
    buildDate: "",
    goVersion: "",
    application: "gyre",
    applicationVersion: scope.version,
  };
  return successAnswer((json) => void json.raw(JSON.stringify(info)), NO_NOTES);
};
