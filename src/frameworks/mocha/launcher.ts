import { join, resolve } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { Folder, Project } from '../../protocol/tests.ts';
import type { Launch } from '../framework.ts';
import { installationFor } from './installation.ts';

interface Remembered {
  readonly mocha: string;
  readonly nodeArgs: readonly string[];
}

/** How the two programs inside are started. */
export class MochaLauncher {
  readonly #inside: string;
  readonly #remembered = new Map<string, Remembered>();

  constructor(inside: string) {
    this.#inside = inside;
  }

  /** What the listing told of a folder, so that its tests need not start Node twice to get its arguments. */
  remember(root: string, told: Remembered): void {
    this.#remembered.set(root, told);
  }

  listing(root: string, mocha: string, { folder, settings }: { folder: Folder; settings: Settings }): Launch {
    return this.#launch('mocha-list.cjs', root, { folder, settings, mocha, nodeArgs: [] });
  }

  run({ root, folder }: Project, settings: Settings): Launch {
    const { mocha, nodeArgs } = this.#remembered.get(root) ?? { mocha: mochaFor(root), nodeArgs: [] };
    return this.#launch('mocha-run.cjs', root, { folder, settings, mocha, nodeArgs });
  }

  #launch(
    program: string,
    root: string,
    { folder, settings, mocha, nodeArgs }: Remembered & { folder: Folder; settings: Settings },
  ): Launch {
    const { program: node = settings.node, args, env } = settings.mocha;
    return {
      // A name without a separator is looked up in the PATH.
      file: /[\\/]/.test(node) ? resolve(folder.path, node) : node,
      args: [...nodeArgs, join(this.#inside, program), ...args],
      cwd: root,
      env: { ...env, BULKHEAD_MOCHA: mocha, BULKHEAD_NODE_ARGS: JSON.stringify(nodeArgs) },
    };
  }
}

/** Where it would be, so that the start fails with the name of what is missing. */
function mochaFor(root: string): string {
  const installation = installationFor(root);
  return installation.kind === 'missing' ? join(root, 'node_modules', 'mocha') : installation.folder;
}

export function lastLines(output: string): string {
  return output.trim().split('\n').slice(-10).join('\n').slice(-2000);
}
