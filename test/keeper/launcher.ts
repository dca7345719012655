/** A launcher to be killed: starts a keeper with the words given, passes on what it says, and stays. */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

const [keeper = '', ...words] = process.argv.slice(2);
const child = spawn(keeper, ['--ctl', '4', ...words], { stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'pipe'] });
(child.stdio[4] as Readable).pipe(process.stdout);
// It lives as long as whoever started it.
process.stdin.resume().on('end', () => process.exit(0));
