/**
 * Types of the part of the WebAssembly API that Gyre uses. The library of the language does not
 * declare it, and the library that does (dom) would let a window and a document into every file.
 * Memories are never shared, so a buffer is always an `ArrayBuffer`.
 */
declare global {
  namespace WebAssembly {
    class Module {
      constructor(bytes: Uint8Array<ArrayBuffer>);
      static exports(module: Module): { name: string; kind: string }[];
      static imports(module: Module): { module: string; name: string; kind: string }[];
    }
    class Memory {
      constructor(descriptor: { initial: number; maximum: number });
      readonly buffer: ArrayBuffer;
      grow(pages: number): number;
    }
    class Instance {
      constructor(module: Module, imports: Record<string, Record<string, unknown>>);
      readonly exports: Record<string, unknown>;
    }
    class RuntimeError extends Error {}
  }
}

export {};
