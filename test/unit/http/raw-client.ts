/**
 * A client that writes exactly the bytes it is told to, for requests no decent client sends, and
 * reads when it likes.
 */
import { connect, type Socket } from "node:net";

export class RawClient {
  readonly #socket: Socket;
  #received = "";
  #changed: () => void = () => {};
  isClosed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#received += chunk.toString("latin1");
      this.#changed();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.isClosed = true;
      this.#changed();
    });
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve).once("error", reject);
    });
    return new RawClient(socket);
  }

  get received(): string {
    return this.#received;
  }

  send(text: string | Uint8Array): this {
    this.#socket.write(text);
    return this;
  }

  /** Takes nothing more from the wire. */
  pause(): this {
    this.#socket.pause();
    return this;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  end(): void {
    this.#socket.end();
  }

  /** Resolves when `until` holds; checked after every arrival and at the close. */
  async wait(until: (client: RawClient) => boolean): Promise<string> {
    while (!until(this)) {
      if (this.isClosed) throw new Error(`connection closed after ${this.#received}`);
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
    return this.#received;
  }

  closed(): Promise<string> {
    return this.wait((client) => client.isClosed);
  }
}
