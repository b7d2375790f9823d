/** Who sends: `BodyOptions.sender`. */
import type { Socket } from "node:net";

export function senderOf(socket: Socket, userAgent: string | undefined): string {
  return `${socket.remoteAddress ?? ""} ${userAgent ?? ""}`;
}
