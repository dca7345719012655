import { once } from 'node:events';

interface Said {
  readonly method?: string;
  readonly params: { readonly callFrames?: readonly { readonly location: { readonly lineNumber: number } }[] };
}

/** A debugger, as far as tests need one. */
export interface Stopping {
  /** With a breakpoint, or none. */
  begin(breakpoint?: { readonly file: string; readonly line: number }): void;
  /** The line where it stops. */
  readonly paused: Promise<number>;
  resume(): void;
}

/** Speaks with the inspector of a Node that waits, as an editor does. */
export class Inspector implements Stopping {
  readonly #socket: WebSocket;
  readonly #paused = Promise.withResolvers<number>();
  #next = 1;

  static async at({ host, port }: { readonly host: string; readonly port: number }): Promise<Inspector> {
    const [target] = (await (await fetch(`http://${host}:${port}/json/list`)).json()) as {
      webSocketDebuggerUrl: string;
    }[];
    const socket = new WebSocket(target!.webSocketDebuggerUrl);
    await once(socket, 'open');
    return new Inspector(socket);
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const { method, params } = JSON.parse(String(data)) as Said;
      if (method === 'Debugger.paused') this.#paused.resolve(params.callFrames![0]!.location.lineNumber + 1);
      // A process that is being debugged ends when nobody looks any more.
      if (method === 'NodeRuntime.waitingForDisconnect') socket.close();
    });
  }

  begin(breakpoint?: { readonly file: string; readonly line: number }): void {
    this.#send('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true });
    this.#send('Debugger.enable', {});
    if (breakpoint) {
      const urlRegex = `.*/${breakpoint.file.replaceAll('.', '\\.')}$`;
      this.#send('Debugger.setBreakpointByUrl', { lineNumber: breakpoint.line - 1, urlRegex });
    }
    this.#send('Runtime.runIfWaitingForDebugger', {});
  }

  get paused(): Promise<number> {
    return this.#paused.promise;
  }

  resume(): void {
    this.#send('Debugger.resume', {});
  }

  #send(method: string, params: object): void {
    this.#socket.send(JSON.stringify({ id: this.#next++, method, params }));
  }
}
