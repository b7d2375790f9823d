/** Thrown by line readers: the line is left out and named, everything else goes on. */
export class LineFault extends Error {
  override readonly name = "LineFault";
}
