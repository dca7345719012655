type Word = number | bigint;
export type Foreign = (
  ...args: readonly (Word | boolean | string | Buffer | readonly (string | null)[] | null)[]
) => Word | boolean;

/** The part of koffi that is used; its native half is loaded by itself, for its other half only finds and warns. */
export interface Koffi {
  /** Null: what this process itself is linked with. */
  load(library: string | null): { func(signature: string): Foreign };
  errno(): number;
}

/** Throws where the addon is not one for this Node, or where its folder forbids what can be executed. */
export function loadKoffi(addon: string): Koffi {
  const module = { exports: {} };
  process.dlopen(module, addon);
  return module.exports as Koffi;
}
