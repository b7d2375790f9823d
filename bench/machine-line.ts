/** The machine under a benchmark in one line, as every table of results opens. */
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";

export function machineLine(): string {
  const date = new Date().toISOString().slice(0, 16).replace("T", " ");
  const gib = (totalmem() / 1024 ** 3).toFixed(0);
  const load = loadavg().map((value) => value.toFixed(1));
  return (
    `${date} UTC, ${availableParallelism()} CPUs (${cpus()[0]?.model ?? "unknown"}), ${gib} GiB, ` +
    `${process.platform} ${release()}, Node.js ${process.version}, load ${load.join(" ")}`
  );
}
