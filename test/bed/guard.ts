// Stays beside a server and ends it, with all it started, when its own stdin closes: that is how the bed stops a server, and
// what happens by itself when the bed is killed.  argv: the server's cookie, the folder to remove at the end.
import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { census } from './census.ts';

const [cookie = '', folder = ''] = process.argv.slice(2);
const patience = 8_000;

// The bed's terminal sends these to everyone; the guard's only order is the end of its stdin.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

let order = '';
for await (const chunk of process.stdin.setEncoding('utf8')) order += String(chunk);
const server = Number(order.trim() || NaN);

if (server) send(server, 'SIGTERM');
const deadline = Date.now() + patience;
let left = census(cookie, server);
while (left.length > 0 && Date.now() < deadline) {
  await sleep(50);
  left = census(cookie, server);
}
const stayed = left.map(({ command }) => command);
while (left.length > 0) {
  for (const { pid } of left) send(pid, 'SIGKILL');
  await sleep(20);
  left = census(cookie, server);
}
if (folder) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

// Nobody reads this when the bed was killed.
process.stdout.on('error', () => undefined);
process.stdout.write(JSON.stringify(stayed));

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
