/** Every thread entry of the process. Nothing else names a file by its path. */
export const SHARD_WORKER_URL: URL = new URL("./shard-worker.ts", import.meta.url);
export const KEEPER_THREAD_URL: URL = new URL("./keeper/keeper-thread.ts", import.meta.url);
export const QUERY_WORKER_URL: URL = new URL("./query-worker.ts", import.meta.url);
export const JOB_WORKER_URL: URL = new URL("./jobs/job-worker.ts", import.meta.url);
export const LOG_THREAD_URL: URL = new URL("./log-thread.ts", import.meta.url);
