import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Discovery } from '../../protocol/messages.ts';

/** A file that imports what is not there is told what its Python lacks: most often the wrong one was taken, or nothing was installed in it. */
export function withAdvice(discovery: Discovery, { root, python }: { root: string; python: string }): Discovery {
  const { problem } = discovery;
  const [, module] = /\bNo module named '([^']+)'/.exec(problem?.message ?? '') ?? [];
  if (!problem || module === undefined) return discovery;
  return { ...discovery, problem: { ...problem, fix: adviceOn(module.split('.')[0]!, root, python) } };
}

function adviceOn(name: string, root: string, python: string): string {
  const own = ['src', '.'].find(place => [name, `${name}.py`].some(each => existsSync(join(root, place, each))));
  if (own === undefined)
    return `Install it for ${python}, which runs these tests, or name another Python in "frameworks.pytest.python".`;
  return `It is the project's own, which ${python} does not find: run "${python} -m pip install -e ." in ${root}, or set "pythonpath = ${own}" in the configuration of pytest.`;
}
