import { readFileSync } from 'node:fs';
import { basename, dirname, resolve, sep } from 'node:path';
import { glob } from 'tinyglobby';
import type { FrameworkSettings } from '../../config/settings.ts';
import type { Problem } from '../../protocol/messages.ts';
import type { Folder } from '../../protocol/tests.ts';
import { namedFolders } from '../named-folders.ts';

/** Where pytest reads its configuration; the last three have it in a section of their own. */
export const configNames = ['pytest.ini', '.pytest.ini', 'pytest.toml', '.pytest.toml'];
const sections: Readonly<Record<string, RegExp>> = {
  'pyproject.toml': /^\s*\[\s*tool\s*\.\s*pytest\b/m,
  'tox.ini': /^\[pytest\]/m,
  'setup.cfg': /^\[tool:pytest\]/m,
};
const manifest = /^(?:pyproject\.toml|tox\.ini|setup\.cfg|setup\.py|Pipfile|.*requirements.*\.txt)$/;
const testFile = /^(?:test_.*|.*_test|conftest)\.py$/;
/** A file of that name may be anything, such as a tool that tests something. */
const testWords = /^\s*(?:async\s+)?def test|^\s*class \w*Test|\bpytest\b|\bunittest\b/m;

/** Deeper projects can be named in the setting `pytest.folders`. */
const depth = 6;
const ignored = [
  ...['node_modules', 'site-packages', '__pycache__', 'venv', 'env', '.*', 'build', 'dist'].map(
    name => `**/${name}/**`,
  ),
];

export interface Candidate {
  readonly root: string;
  /**
   * `named` by Bulkhead's settings, `configured` for pytest, with pytest in a list of what it needs, or `guessed`: the workspace
   * folder, for files that are called like tests.
   */
  readonly kind: 'named' | 'configured' | 'declared' | 'guessed';
}

export interface Candidates {
  readonly candidates: readonly Candidate[];
  readonly problems: readonly Problem[];
}

/** Folders from which somebody would start pytest. */
export async function findCandidates(folder: Folder, settings: FrameworkSettings): Promise<Candidates> {
  if (!settings.enabled) return { candidates: [], problems: [] };
  return settings.folders ? namedFolders('pytest', folder, settings.folders) : searchedFolders(folder);
}

async function searchedFolders(folder: Folder): Promise<Candidates> {
  const names = [...configNames, ...Object.keys(sections), 'setup.py', 'Pipfile', '*requirements*.txt'];
  const found = await glob([`**/{${names.join(',')}}`, '**/{test_*,*_test,conftest}.py'], {
    cwd: folder.path,
    absolute: true,
    dot: true,
    deep: depth,
    followSymbolicLinks: false,
    ignore: ignored,
  });
  const files = found.map(path => resolve(path)).sort();
  const tests = files.filter(file => testFile.test(basename(file)));
  const kinds = new Map<string, Candidate['kind']>();
  for (const file of files) {
    const kind = kindBy(file);
    const root = dirname(file);
    if (kind && kinds.get(root) !== 'configured') kinds.set(root, kind);
  }
  const holds = (root: string) => tests.some(file => file.startsWith(root + sep));
  const candidates = [...kinds].flatMap(([root, kind]): Candidate[] =>
    kind === 'configured' || holds(root) ? [{ root, kind }] : [],
  );
  const homeless = tests.filter(file => !candidates.some(({ root }) => file.startsWith(root + sep)));
  const guessed = homeless.some(file => testWords.test(readFileSync(file, 'utf8')));
  return {
    candidates: guessed ? [...candidates, { root: folder.path, kind: 'guessed' }] : candidates,
    problems: [],
  };
}

function kindBy(file: string): Candidate['kind'] | null {
  const name = basename(file);
  if (configNames.includes(name)) return 'configured';
  if (!manifest.test(name)) return null;
  const text = readFileSync(file, 'utf8');
  if (sections[name]?.test(text)) return 'configured';
  return /\bpytest\b/.test(text) ? 'declared' : null;
}
