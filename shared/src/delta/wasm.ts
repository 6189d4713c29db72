import { CHUNKER_WASM } from './chunker-wasm.js';

/** The exports of shared/assembly/gear-scan.ts, where they are documented. */
export interface GearScan {
  readonly memory: { readonly buffer: ArrayBuffer };
  reset(): void;
  scan(at: number, end: number, threshold: number): number;
}

/** The little of the API that is used here. Node has it; its types leave it to those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** A new instance, with a memory of its own that never grows. */
export function instantiateGearScan(): GearScan {
  const module = new WebAssembly.Module(Buffer.from(CHUNKER_WASM, 'base64'));
  return new WebAssembly.Instance(module).exports as GearScan;
}
