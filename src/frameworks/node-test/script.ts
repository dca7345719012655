import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a package runs its tests by `node --test`. */
export interface TestScript {
  /** For Node itself: loaders, conditions, limits. */
  readonly nodeArgs: readonly string[];
  /** Files and globs; empty: Node's own choice. */
  readonly patterns: readonly string[];
}

const withValue =
  /^(?:-r|-C|--(?:require|import|loader|experimental-loader|conditions|env-file|env-file-if-exists|test-timeout))$/;
/** What is about whole runs, and what Bulkhead does itself. */
const overruled =
  /^--(?:test$|test-(?!timeout|only|update-snapshots)|experimental-test-(?!module-mocks|snapshots)|watch|inspect)/;
const overruledWithValue =
  /^--test-(?:reporter|reporter-destination|name-pattern|skip-pattern|shard|concurrency|isolation|global-setup|coverage-\w+)$/;

export function testScriptIn(root: string): TestScript | null {
  try {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts?: Record<string, unknown>;
    };
    for (const line of Object.values(scripts ?? {})) {
      const script = typeof line === 'string' ? readScript(line) : null;
      if (script) return script;
    }
  } catch {
    // No manifest, or one that is not valid, which the search for packages tells.
  }
  return null;
}

/** Null: it is not about `node --test`. */
export function readScript(line: string): TestScript | null {
  for (const command of line.split(/&&|\|\||[;|]/)) {
    const words = [...command.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
    const start = words.findIndex(word => /^(?:.*[\\/])?(?:node|tsx)(?:\.exe)?$/.test(word));
    if (start === -1 || !words.includes('--test', start)) continue;
    const typed = words[start]!.endsWith('tsx') ? ['--import', 'tsx'] : [];
    const { nodeArgs, patterns } = readWords(words.slice(start + 1));
    return { nodeArgs: [...typed, ...nodeArgs], patterns };
  }
  return null;
}

function readWords(words: readonly string[]): TestScript {
  const nodeArgs: string[] = [];
  const patterns: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (overruledWithValue.test(word)) index++;
    else if (overruled.test(word)) continue;
    else if (withValue.test(word) && index + 1 < words.length) nodeArgs.push(word, words[++index]!);
    else if (word.startsWith('-')) nodeArgs.push(word);
    else patterns.push(word);
  }
  return { nodeArgs, patterns };
}
