// Stands in front of a test where the keeper program cannot be had: a Node that adopts every orphan of it.
import { closeSync, fstatSync, openSync, readdirSync } from 'node:fs';
import { Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { LineSplitter } from '../../protocol/codec.ts';
import type { KeeperCommand, KeeperNews } from '../keeper-talk.ts';
import type { LaunchOrder } from '../launcher-order.ts';
import { NodeKeeper } from './keeper.ts';
import { type Libc, openLibc } from './libc.ts';

const longestOrder = 16 * 1024 ** 2;
/** A warden on a busy machine may take its time to listen, and nothing but this process waits. */
const goodbyeMs = 60_000;
const failedCode = 126;
const eventFd = 3;
/** Standard input, output and error, and the channel of events: without one, that number may be Node's own. */
const ofTheTest = [0, 1, 2, ...(isSocket(eventFd) ? [eventFd] : [])];

const { values } = parseArgs({
  options: { ctl: { type: 'string' }, addon: { type: 'string' }, mem: { type: 'string' }, poll: { type: 'string' } },
});
const control = new Socket({ fd: Number(values.ctl), readable: true, writable: true });
let keeper: NodeKeeper | null = null;
let goodbye = false;
let askedToEnd = 0;

// The warden may go at any time: the end of what it says is told by `close`.
control.on('error', () => {});
control.on('close', () => {
  if (keeper && !goodbye) keeper.kill();
  process.exit();
});
control.on('end', () => control.destroy());
const lines = new LineSplitter(longestOrder, hear, () =>
  giveUp('order', 'what was to be started is too long to be told'),
);
control.on('data', (chunk: Buffer) => lines.push(chunk));
process.on('SIGCHLD', () => keeper?.takeIn());
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const) {
  process.on(signal, () => {
    // Whoever asks twice means it.
    if (askedToEnd++ > 0) keeper?.kill();
    else keeper?.signal('SIGTERM');
  });
}

function say(news: KeeperNews): void {
  // What it says may come to be lost, and then its own end is taken for the test's.
  if (news.event === 'leader-exited') process.exitCode = news.exit ?? 128 + (news.signal ?? 0);
  if (control.writable) control.write(`${JSON.stringify(news)}\n`);
}

function hear(line: string): void {
  const [word = ''] = line.split(' ', 1);
  const rest = line.slice(word.length + 1);
  switch (word as KeeperCommand | 'signal' | 'order') {
    case 'order':
      return obey(JSON.parse(rest) as LaunchOrder);
    case 'signal':
      return keeper?.signal(Number(rest));
    case 'term':
      return keeper?.signal('SIGTERM');
    case 'kill':
      return keeper?.kill();
    case 'census':
      return keeper?.tellCensus();
    case 'usage':
      return keeper?.tellUsage();
  }
}

function obey({ file, args, env }: LaunchOrder): void {
  const environment: Record<string, string | null | undefined> = { ...process.env, ...env };
  const entries = Object.entries(environment).flatMap(([name, value]) => (value == null ? [] : `${name}=${value}`));
  let libc: Libc;
  try {
    libc = openLibc(values.addon!);
  } catch (error) {
    return giveUp('addon', (error as Error).message);
  }
  // Node keeps what it has inherited to itself, but not all of it: what comes after a gap it hands on.
  for (const descriptor of ofTheTest) libc.handOn(descriptor, true);
  for (const name of readdirSync('/proc/self/fd')) if (Number(name) > eventFd) libc.handOn(Number(name), false);
  const memoryBytes = values.mem === undefined ? null : Number(values.mem);
  const starting = new NodeKeeper({ libc, memoryBytes, pollMs: Number(values.poll), say, onEnd: waitForGoodbye });
  try {
    keeper = starting;
    starting.start(file, args, entries);
  } catch (error) {
    keeper = null;
    return giveUp('spawn', (error as Error).message);
  }
  letGo();
}

/** From here on they are the test's alone: who reads them waits for the last who has them open. */
function letGo(): void {
  for (const descriptor of ofTheTest) closeSync(descriptor);
  // open() takes the lowest free number.
  for (let free = 0; free < 3; free++) openSync('/dev/null', 'r+');
}

function isSocket(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isSocket();
  } catch {
    // It is not open.
    return false;
  }
}

function giveUp(stage: string, message: string): void {
  process.exitCode = failedCode;
  say({ event: 'spawn-failed', stage, message });
  waitForGoodbye();
}

/** Whoever writes to a channel that is closed already loses what it has not read from it. */
function waitForGoodbye(): void {
  goodbye = true;
  setTimeout(() => process.exit(), goodbyeMs).unref();
}
