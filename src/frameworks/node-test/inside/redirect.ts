import Module, { createRequire, syncBuiltinESMExports } from 'node:module';

/** `registerHooks` is there from Node 22.15 on, `register` from 20.6 on. */
interface ModuleHooks {
  registerHooks?(hooks: { resolve: Resolve }): unknown;
  register?(url: string): void;
  _load: (this: unknown, request: string, ...rest: unknown[]) => unknown;
}

interface Resolved {
  readonly url: string;
  readonly format?: string;
  readonly shortCircuit?: boolean;
}

type Resolve = (
  specifier: string,
  context: unknown,
  next: (specifier: string, context: unknown) => Resolved,
) => Resolved;

export type TestModule = NodeJS.Dict<unknown> & ((...args: unknown[]) => unknown);

const place = Symbol.for('bulkhead.node-test');

export function genuineTestModule(): TestModule {
  return createRequire(__filename)('node:test') as TestModule;
}

/**
 * From now on `node:test` is `substitute` for whoever imports or requires it. The module itself cannot be changed where it is
 * imported as a whole: it is a function. False: whoever imports it gets the module itself, which Node before 20.6 does not let anybody
 * change.
 */
export function redirect(substitute: TestModule): boolean {
  const hooks = Module as unknown as ModuleHooks;
  Reflect.set(globalThis, place, substitute);
  const load = hooks._load;
  hooks._load = function (request, ...rest) {
    return request === 'node:test' ? substitute : load.call(this, request, ...rest);
  };
  const url = facadeOf(Object.keys(substitute).filter(name => name !== 'default'));
  const resolved: Resolved = { url, format: 'module', shortCircuit: true };
  if (hooks.registerHooks) {
    hooks.registerHooks({ resolve: (name, context, next) => (name === 'node:test' ? resolved : next(name, context)) });
  } else {
    // These hooks run in a thread of their own, so that they are given as a text.
    const source = `export const resolve = (name, context, next) =>
      name === 'node:test' ? ${JSON.stringify(resolved)} : next(name, context);`;
    hooks.register?.(moduleOf(source));
  }
  syncBuiltinESMExports();
  return hooks.registerHooks !== undefined || hooks.register !== undefined;
}

function facadeOf(names: readonly string[]): string {
  const exports = names.map(name => `export const ${name} = module.${name};`);
  return moduleOf(
    ["const module = globalThis[Symbol.for('bulkhead.node-test')];", 'export default module;', ...exports].join('\n'),
  );
}

function moduleOf(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}
