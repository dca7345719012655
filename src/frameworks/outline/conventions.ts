import { basename } from 'node:path';
import { type Project, type TestInfo, testKey } from '../../protocol/tests.ts';
import { batsTests } from '../bats/outline.ts';
import { goFunctions } from '../go/outline.ts';
import { outlineJavaScript } from './javascript.ts';
import { outlinePython } from './python.ts';
import { jestWords, mochaWords, nodeTestWords, vitestWords } from './vocabulary.ts';

/** What a framework usually calls its test files, and how their texts are read. */
export interface Convention {
  readonly framework: string;
  /** As the framework's projects are called in the tree. */
  readonly label: string;
  /** Without braces inside of braces, which VS Code does not understand. */
  readonly globs: readonly string[];
  outline(project: Project, file: string, text: string): readonly TestInfo[];
}

const javascript = '**/*.{test,spec}.{js,cjs,mjs,jsx,ts,cts,mts,tsx}';
const vocabularies = { vitest: vitestWords, jest: jestWords, mocha: mochaWords, 'node-test': nodeTestWords } as const;
type JavaScriptFramework = keyof typeof vocabularies;

/**
 * Where nothing of a workspace may be run, names of files – `names` are those in its folder – and the text of its manifest are all
 * that tells its frameworks.
 */
export function conventionsOf(names: readonly string[], manifest: string | null): readonly Convention[] {
  return [
    ofJavaScript(configuredFor(names) ?? dependedOn(manifest) ?? 'node-test'),
    {
      framework: 'pytest',
      label: 'pytest',
      globs: ['**/{test_*,*_test}.py'],
      outline: (project, file, text) =>
        outlinePython(text).map(({ titlePath, line, column }) => ({ ...made(project, file, titlePath), line, column })),
    },
    {
      framework: 'go',
      label: 'go',
      globs: ['**/*_test.go'],
      outline: (project, file, text) =>
        goFunctions(text).map(({ name, line }) => ({ ...made(project, file, [name]), line })),
    },
    {
      framework: 'bats',
      label: 'bats',
      globs: ['**/*.bats'],
      outline(project, file, text) {
        const seen = new Map<string, number>();
        return batsTests(text).map(({ name, line }) => {
          const ordinal = seen.get(name) ?? 0;
          seen.set(name, ordinal + 1);
          return { ...made(project, file, [name], ordinal), line };
        });
      },
    },
    {
      framework: 'tap',
      label: 't',
      globs: ['**/t/**/*.t'],
      outline: (project, file) => [made(project, file, [basename(file)])],
    },
  ];
}

function ofJavaScript(framework: JavaScriptFramework): Convention {
  return {
    framework,
    label: framework === 'node-test' ? 'node:test' : framework,
    // What mocha runs without any configuration.
    globs: framework === 'mocha' ? [javascript, '**/test/*.{js,cjs,mjs}'] : [javascript],
    outline: (project, file, text) => outlineJavaScript(project, file, text, vocabularies[framework]),
  };
}

const configurations = {
  vitest: /^vitest\.(config|workspace)\./,
  jest: /^jest\.config\./,
  mocha: /^\.mocharc\./,
} as const;

function configuredFor(names: readonly string[]): JavaScriptFramework | undefined {
  return (['vitest', 'jest', 'mocha'] as const).find(name => names.some(each => configurations[name].test(each)));
}

function dependedOn(manifest: string | null): JavaScriptFramework | undefined {
  return (['vitest', 'jest', 'mocha'] as const).find(name => dependencies(manifest).has(name));
}

function dependencies(manifest: string | null): Set<string> {
  try {
    const { dependencies, devDependencies } = JSON.parse(manifest ?? '{}') as Record<string, object | undefined>;
    return new Set([dependencies, devDependencies].flatMap(each => Object.keys(each ?? {})));
  } catch {
    // A manifest that is being edited, or is none: nothing is known of it.
    return new Set();
  }
}

function made(project: Project, file: string, titlePath: readonly string[], ordinal = 0): TestInfo {
  const identity = { framework: project.framework, file, titlePath, ordinal };
  return { ...identity, key: testKey(project, identity) };
}
