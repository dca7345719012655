// Runs inside a job object, in front of the user's program, which it starts when its job is ready; it is then the parent.
import { spawn } from 'node:child_process';
import { fstatSync, readSync, writeSync } from 'node:fs';
import { controlFd } from '../launch.ts';
import type { LaunchOrder } from '../launcher-order.ts';
import type { LauncherNews } from './launcher-talk.ts';

const eventFd = 3;
const failedCode = 126;

function say(news: LauncherNews): void {
  try {
    writeSync(controlFd, `${JSON.stringify(news)}\n`);
  } catch {
    // Nobody listens any more: then the job is about to end, and this process with it.
  }
}

/** Until the order is there, nothing is to be done: the wait may block. */
function hearOrder(): LaunchOrder {
  const chunks: Buffer[] = [];
  const buffer = Buffer.alloc(64 * 1024);
  for (;;) {
    const length = readSync(controlFd, buffer, 0, buffer.length, null);
    if (length === 0) process.exit(failedCode);
    const chunk = buffer.subarray(0, length);
    chunks.push(Buffer.from(chunk));
    if (chunk.includes('\n')) return JSON.parse(Buffer.concat(chunks).toString('utf8')) as LaunchOrder;
  }
}

say({ event: 'ready' });
const { file, args, env } = hearOrder();
for (const [name, value] of Object.entries(env)) {
  if (value === null) delete process.env[name];
  else process.env[name] = value;
}
try {
  // It shares our console, which has no window: with `windowsHide` it would get its own, and a console is a process of the job.
  const child = spawn(file, [...args], { stdio: [0, 1, 2, ...(isOpen(eventFd) ? [eventFd] : [])] });
  child.once('error', giveUp);
  child.once('exit', (code, signal) => {
    say({ event: 'leader-exited', code, signal });
    process.exit(0);
  });
} catch (error) {
  giveUp(error as Error);
}

function giveUp({ message }: Error): never {
  say({ event: 'spawn-failed', because: message });
  process.exit(failedCode);
}

function isOpen(descriptor: number): boolean {
  try {
    fstatSync(descriptor);
    return true;
  } catch {
    // A program that tells of no tests is started without it.
    return false;
  }
}
