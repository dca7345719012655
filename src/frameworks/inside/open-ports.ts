import { Server } from 'node:net';

const activeHandles = (process as { _getActiveHandles?: () => unknown[] })._getActiveHandles?.bind(process);

/** Which test began to listen at a port that is still open when everything that could close it has run. */
export class OpenPorts<T extends object> {
  readonly #before = new Map<T, ReadonlySet<Server>>();
  readonly #opened = new Map<Server, T>();

  before(test: T): void {
    this.#before.set(test, new Set(listening()));
  }

  after(test: T): void {
    const before = this.#before.get(test);
    this.#before.delete(test);
    if (!before) return;
    // What a test within this one has opened is known already.
    for (const server of listening()) {
      if (!before.has(server) && !this.#opened.has(server)) this.#opened.set(server, test);
    }
  }

  *left(): Generator<[T, string]> {
    for (const [server, test] of this.#opened) {
      const address = server.listening ? server.address() : null;
      if (typeof address === 'string') yield [test, address];
      else if (address) {
        const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
        yield [test, `${host}:${address.port}`];
      }
    }
  }
}

function listening(): Server[] {
  return (activeHandles?.() ?? []).filter(each => each instanceof Server && each.listening) as Server[];
}
