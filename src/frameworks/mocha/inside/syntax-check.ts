import { spawnSync } from 'node:child_process';
import { syntaxPlaceOf } from '../../inside/stack.ts';

/** Node does not tell where a module cannot be parsed, except when it is asked to check that file alone. */
export function syntaxPlaceIn(file: string, error: unknown): { file: string; line: number } | null {
  if (!(error instanceof SyntaxError) || !/\.[cm]?js$/.test(file)) return null;
  const { stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8', timeout: 10_000 });
  return syntaxPlaceOf(stderr);
}
