import { type Field, objectOf } from './fields.ts';
import type { FrameworkName, FrameworkSettings } from './settings.ts';
import { environment, inside, listOf, type Shape, text } from './shapes.ts';

/** The program that a framework runs in: under which key the file names it, and which it is without that. */
interface Program {
  readonly key: string;
  readonly description: string;
  readonly example: string;
}

const node: Program = {
  key: 'node',
  description: 'The Node to run it with; without it, the setting "node" of VS Code or the first "node" of the PATH.',
  example: '/opt/node-22/bin/node',
};

const go: Program = {
  key: 'go',
  description: 'The go command to build and list with; without it, the first "go" of the PATH.',
  example: '/usr/local/go/bin/go',
};

const cargo: Program = {
  key: 'cargo',
  description: 'The cargo to build with; without it, the first "cargo" of the PATH, or that of ~/.cargo/bin.',
  example: '/opt/rust/bin/cargo',
};

const python: Program = {
  key: 'python',
  description:
    'The Python to run it with; without it, that of the nearest virtual environment, of Poetry, of VIRTUAL_ENV or of CONDA_PREFIX, or the first "python3" of the PATH.',
  example: '.venv/bin/python',
};

const bats: Program = {
  key: 'bats',
  description:
    'The bats to run them with; without it, that of node_modules, that of a checkout of bats-core in the workspace folder, or the first "bats" of the PATH.',
  example: 'test/bats/bin/bats',
};

const ctest: Program = {
  key: 'ctest',
  description: 'The ctest to run them with; without it, the first "ctest" of the PATH.',
  example: '/opt/cmake/bin/ctest',
};

const perl: Program = {
  key: 'perl',
  description:
    'The perl that runs those whose first line names no other program; without it, the first "perl" of the PATH.',
  example: '/opt/perl/bin/perl',
};

/** Every framework that is found by itself. */
export const foundFrameworks = {
  mocha: found('mocha', node),
  'node-test': found('node:test', node),
  go: found('go', go),
  cargo: found('cargo test', cargo),
  pytest: found('pytest', python),
  bats: found('bats', bats),
  vitest: found('vitest', node),
  ctest: found('ctest', ctest),
  jest: found('jest', node),
  playwright: found('playwright', node),
  tap: found('TAP', perl, { place: 'a folder t with files *.t', by: 'a folder t with files *.t', receiver: 'perl' }),
} satisfies Record<FrameworkName, Field<Partial<FrameworkSettings>>>;

/** What is looked for, also as one says it after the name, and whom its arguments are for. */
interface Found {
  readonly place: string;
  readonly by: string;
  readonly receiver: string;
}

function found(
  title: string,
  { key, description, example }: Program,
  { place, by, receiver }: Found = {
    place: `a configuration of ${title}`,
    by: 'its configuration',
    receiver: `${title} itself`,
  },
): Field<Partial<FrameworkSettings>> {
  const object = objectOf({
    folders: {
      shape: listOf(inside, { least: 1, example: '["packages/api"]' }),
      description: `The folders to run ${title} in, relative to the workspace folder; without it, wherever ${place} is found.`,
      examples: [['packages/api', 'packages/web']],
    },
    [key]: { shape: text, description, examples: [example] },
    args: {
      shape: listOf(text, { least: 0, example: '["--no-config"]' }),
      description: `More arguments for ${receiver}.`,
      default: [],
    },
    env: { shape: environment, description: 'Variables to add to its environment.', default: {} },
  });
  const shape: Shape<Partial<FrameworkSettings>> = {
    schema: { anyOf: [{ type: 'boolean' }, object.schema] },
    read(value, path, report) {
      if (typeof value === 'boolean') return { enabled: value };
      const read = object.read(value, path, (at, message, fix) =>
        report(at, at.length === path.length ? message.replace('an object', 'true, false or an object') : message, fix),
      );
      if (!read) return undefined;
      const { [key]: program, ...others } = read as Partial<FrameworkSettings> & Record<string, string | undefined>;
      return { enabled: true, ...others, ...(program === undefined ? {} : { program }) };
    },
  };
  return {
    shape,
    description: `Tests of ${title}: found by ${by} unless this is false; an object says more.`,
    default: true,
    examples: [false, { folders: ['packages/api'] }],
  };
}
