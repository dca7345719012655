import { join } from 'node:path';
import { pythonNote } from '../protocol/coverage.ts';
import type { Problem } from '../protocol/messages.ts';
import { readFound } from './found-file.ts';

/** Why an interpreter has measured nothing. */
export interface Lacking {
  readonly program: string;
  readonly kind: 'missing' | 'too-old' | 'unusable';
  readonly text: string;
}

/** What a process of pytest says of how it measured. */
export interface PythonNote {
  /** The configuration of coverage.py, where pytest was told of one. */
  readonly config: string | null;
  readonly lacking: Lacking | null;
}

/** Null: it has said nothing, as no other framework does. */
export function readNote(folder: string): PythonNote | null {
  try {
    const note = JSON.parse(readFound(join(folder, pythonNote))) as PythonNote & {
      readonly program: string;
    };
    return { config: note.config, lacking: note.lacking && { ...note.lacking, program: note.program } };
  } catch {
    // Not there, or cut off by a death.
    return null;
  }
}

export function problemOf({ program, kind, text }: Lacking): Problem {
  const told = { severity: 'warning', key: 'coverage' } as const;
  switch (kind) {
    case 'missing':
      return {
        ...told,
        message: `What tests of pytest run is not measured: ${program} does not have coverage.py.`,
        fix: `Run "${program} -m pip install coverage", or set "pytest.python" to the Python that has it.`,
      };
    case 'too-old':
      return {
        ...told,
        message: `What tests of pytest run is not measured: coverage.py ${text} of ${program} is older than 5.`,
        fix: `Run "${program} -m pip install --upgrade coverage".`,
      };
    case 'unusable':
      return {
        ...told,
        message: `What tests of pytest run is not measured: coverage.py cannot start: ${text}`,
        fix: 'Correct its configuration; "python -m coverage run -m pytest" in the same folder shows the same.',
      };
  }
}
