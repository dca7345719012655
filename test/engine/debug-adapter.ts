import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Stopping } from './inspector.ts';

interface Message {
  readonly event?: string;
  readonly command?: string;
  readonly success?: boolean;
  readonly message?: string;
  readonly body?: { readonly threadId?: number; readonly stackFrames?: readonly { readonly line: number }[] };
}

/** Speaks the Debug Adapter Protocol with a debugpy that waits, as an editor does that is slow to let go in the end. */
export class DebugAdapter implements Stopping {
  readonly #socket: Socket;
  readonly #root: string;
  readonly #paused = Promise.withResolvers<number>();
  #heard = Buffer.alloc(0);
  #next = 1;
  #thread = 0;
  #breakpoint: { readonly file: string; readonly line: number } | undefined;

  static async at(
    { host, port }: { readonly host: string; readonly port: number },
    root: string,
  ): Promise<DebugAdapter> {
    const socket = connect(port, host);
    await once(socket, 'connect');
    return new DebugAdapter(socket, root);
  }

  private constructor(socket: Socket, root: string) {
    this.#socket = socket;
    this.#root = root;
    socket.on('data', chunk => {
      this.#heard = Buffer.concat([this.#heard, chunk]);
      for (let message = this.#message(); message; message = this.#message()) this.#hear(message);
    });
    // It goes with the process that is debugged.
    socket.on('error', () => {});
  }

  begin(breakpoint?: { readonly file: string; readonly line: number }): void {
    this.#breakpoint = breakpoint;
    this.#send('initialize', { adapterID: 'debugpy', pathFormat: 'path' });
  }

  get paused(): Promise<number> {
    return this.#paused.promise;
  }

  resume(): void {
    this.#send('continue', { threadId: this.#thread });
  }

  #hear({ event, command, success, message, body }: Message): void {
    if (success === false) this.#paused.reject(new Error(`${command}: ${message}`));
    if (event === 'initialized') {
      if (this.#breakpoint) {
        const { file, line } = this.#breakpoint;
        this.#send('setBreakpoints', { source: { path: join(this.#root, file) }, breakpoints: [{ line }] });
      }
      this.#send('configurationDone', {});
    } else if (event === 'stopped') {
      this.#thread = body!.threadId!;
      this.#send('stackTrace', { threadId: this.#thread, levels: 1 });
    } else if (command === 'initialize') {
      this.#send('attach', { justMyCode: false, subProcess: false });
    } else if (command === 'stackTrace') {
      this.#paused.resolve(body!.stackFrames![0]!.line);
    }
  }

  #message(): Message | null {
    const head = /^Content-Length: (\d+)\r\n\r\n/.exec(this.#heard.toString('latin1', 0, 100));
    if (!head) return null;
    const end = head[0].length + Number(head[1]);
    if (this.#heard.length < end) return null;
    const text = this.#heard.toString('utf8', head[0].length, end);
    this.#heard = this.#heard.subarray(end);
    return JSON.parse(text) as Message;
  }

  #send(command: string, args: object): void {
    const text = JSON.stringify({ seq: this.#next++, type: 'request', command, arguments: args });
    this.#socket.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }
}
