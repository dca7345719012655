import type { Problem } from '../protocol/messages.ts';
import type { Terminal } from './terminal.ts';

/** `error: bulkhead.config.json:3: memory: expected …` and, below it, what to do. */
export function problemText(problem: Problem, terminal: Terminal): string {
  const { severity, file, line, message, fix } = problem;
  const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `;
  const label = terminal.style(severity === 'error' ? 'red' : 'yellow', `${severity}:`);
  return [`${label} ${place}${message}`, ...(fix ? [`  ${fix}`] : [])].join('\n');
}
