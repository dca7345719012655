import { FrameWriter, readFrames } from '../protocol/codec.ts';
import type { Notice, RequestName, ToWarden } from '../protocol/messages.ts';
import { Shorthand } from '../protocol/shorthand.ts';
import { Session } from './session.ts';

/** The folder of the bundles, this one among them. */
declare const __dirname: string;

const writer = new FrameWriter(process.stdout);
const shorthand = new Shorthand();
const session = new Session({
  dist: __dirname,
  notify: async (notice: Notice) => {
    writer.send(shorthand.shorten(notice));
    await writer.sent();
  },
});

let ending = false;

/** The one way out: nothing of ours may be alive when this process is not. */
async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  const survivors = await session.end();
  // To exit is to wait for every thread.
  if (!(await session.endThreads())) process.kill(process.pid, 'SIGKILL');
  process.exit(survivors.length > 0 ? 71 : code);
}

async function answer(frame: ToWarden): Promise<void> {
  const { id, request, params } = frame;
  try {
    const handler = session.handlers[request] as ((params: unknown) => Promise<unknown>) | undefined;
    if (!handler) throw new Error(`There is no request "${String(request satisfies RequestName)}".`);
    writer.send({ id, result: await handler(params) });
  } catch (error) {
    writer.send({ id, error: error instanceof Error ? error.message : String(error) });
  }
}

readFrames(
  process.stdin,
  frame => void answer(frame as ToWarden),
  fault => writer.send({ notice: 'log', level: 'error', text: `From the client: ${fault}` }),
);
// The client's end of the pipe closes with the client, whatever it died of.
process.stdin.on('close', () => void end(0));
process.stdin.on('error', () => void end(0));
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end(0));
// Standard output closing first is the same death of the client, seen from the other side.
process.stdout.on('error', () => void end(0));
for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(fault, (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    void end(70);
  });
}
