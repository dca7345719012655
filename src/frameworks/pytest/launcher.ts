import { join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { Project } from '../../protocol/tests.ts';
import type { Launch } from '../framework.ts';
import { type Interpreter, usualInterpreter } from './interpreter.ts';

/** How the two programs inside are started: in the user's Python, from the folder in which the user would start pytest. */
export class PytestLauncher {
  readonly #inside: string;
  readonly #remembered = new Map<string, Interpreter>();

  constructor(inside: string) {
    this.#inside = inside;
  }

  /** To find it again for each test would be to look at many files, or to ask Poetry. */
  remember(root: string, interpreter: Interpreter): void {
    this.#remembered.set(root, interpreter);
  }

  listing(root: string, interpreter: Interpreter, settings: Settings): Launch {
    return this.#launch('pytest_list.py', root, interpreter, settings);
  }

  run(project: Pick<Project, 'root' | 'folder'>, settings: Settings): Launch {
    return this.#launch('pytest_run.py', project.root, this.#interpreterOf(project, settings), settings);
  }

  /** Of files that tests have run. */
  survey(project: Project, files: readonly string[], config: string | null, settings: Settings): Launch {
    const interpreter = this.#interpreterOf(project, settings);
    return this.#launch('pytest_survey.py', project.root, interpreter, settings, [config ?? '', ...files]);
  }

  #interpreterOf({ root, folder }: Pick<Project, 'root' | 'folder'>, settings: Settings): Interpreter {
    const remembered = settings.pytest.program === undefined ? this.#remembered.get(root) : undefined;
    return remembered ?? usualInterpreter({ root, folder, settings: settings.pytest });
  }

  #launch(
    program: string,
    root: string,
    interpreter: Interpreter,
    { pytest: { args: usual, env } }: Settings,
    args = usual,
  ): Launch {
    return {
      file: interpreter.program,
      args: [join(this.#inside, 'pytest', program), ...args],
      cwd: root,
      env: { ...env, ...interpreter.env },
    };
  }
}
