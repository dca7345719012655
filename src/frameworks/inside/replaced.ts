export type Call = (...args: unknown[]) => unknown;

/** Puts something around a function of Node's, under the same name and with the same number of parameters. */
export function replace(holder: object, name: string, around: (genuine: Call, args: unknown[]) => unknown): void {
  const genuine = Reflect.get(holder, name) as Call;
  const replaced = function (this: unknown, ...args: unknown[]) {
    return around(genuine.bind(this), args);
  };
  Object.defineProperty(replaced, 'length', { value: genuine.length });
  Object.defineProperty(replaced, 'name', { value: genuine.name });
  Reflect.set(holder, name, replaced);
}
