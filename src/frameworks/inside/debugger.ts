import inspector from 'node:inspector';
import type { EventPipe } from './event-pipe.ts';

/** Opens this process to a debugger, at a port that is free, says where, and waits until one has set its breakpoints. */
export function awaitDebugger(events: EventPipe): void {
  // Under the user's own `--inspect` it is open already.
  if (inspector.url() === undefined) inspector.open(0, '127.0.0.1');
  const url = inspector.url();
  if (url === undefined) return;
  events.say({ t: 'debugger', kind: 'node', host: '127.0.0.1', port: Number(new URL(url).port) });
  inspector.waitForDebugger();
}
