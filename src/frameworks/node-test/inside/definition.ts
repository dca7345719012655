/** The arguments of `test`, `it`, `describe` and `suite`, all of which may be left out. */
export interface Definition {
  readonly title: string;
  readonly options: object | undefined;
  readonly body: Body | undefined;
}

export type Body = (...args: unknown[]) => unknown;

/** As node:test reads them. */
export function readDefinition([name, options, body]: readonly unknown[]): Definition {
  if (typeof name === 'function') return definition(undefined, undefined, name);
  if (typeof name === 'object' && name !== null) return definition(undefined, name, options);
  if (typeof options === 'function') return definition(name, undefined, options);
  return definition(name, options, body);
}

function definition(name: unknown, options: unknown, given: unknown): Definition {
  const body = typeof given === 'function' ? (given as Body) : undefined;
  return {
    title: typeof name === 'string' && name !== '' ? name : body?.name || '<anonymous>',
    options: typeof options === 'object' && options !== null ? options : undefined,
    body,
  };
}

/** Whoever is at a breakpoint has all the time. */
export function withoutTimeout(options: unknown): unknown {
  if (typeof options !== 'object' || options === null || !('timeout' in options)) return options;
  return { ...options, timeout: Infinity };
}

/** The same body with something around it; node:test looks at the number of its parameters. */
export function around(body: Body, wrap: (args: unknown[], call: () => unknown) => unknown): Body {
  const wrapped = function (this: unknown, ...args: unknown[]) {
    return wrap(args, () => body.apply(this, args));
  };
  Object.defineProperty(wrapped, 'length', { value: body.length });
  Object.defineProperty(wrapped, 'name', { value: body.name });
  return wrapped;
}
