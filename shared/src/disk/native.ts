import { createRequire } from 'node:module';

const loaded = new Map<string, unknown>();

/**
 * What was compiled of a C file in `native/`.
 * @param version of its arguments and what it gives, as the C file has it
 * @returns null where it was not compiled, or another version of it
 */
export function loadNative<Library extends object>(name: string, version: number): Library | null {
  if (!loaded.has(name)) loaded.set(name, load(name, version));
  return loaded.get(name) as Library | null;
}

function load(name: string, version: number): object | null {
  try {
    const library = createRequire(import.meta.url)(`../../native/build/${name}.node`) as { readonly interfaceVersion?: number };
    return library.interfaceVersion === version ? library : null;
  } catch {
    return null;
  }
}
