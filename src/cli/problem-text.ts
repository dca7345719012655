import type { Problem } from '../protocol/messages.ts';
import type { Style, Terminal } from './terminal.ts';

const styles = { error: 'red', warning: 'yellow', hint: 'dim' } as const satisfies Record<Problem['severity'], Style>;

/** `error: bulkhead.config.json:3: memory: expected …` and, below it, what to do. */
export function problemText(problem: Problem, terminal: Terminal): string {
  const { severity, file, line, message, fix } = problem;
  const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `;
  const label = terminal.style(styles[severity], `${severity}:`);
  return [`${label} ${place}${message}`, ...(fix ? [`  ${fix}`] : [])].join('\n');
}
