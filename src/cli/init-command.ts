import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configName } from '../config/load.ts';
import { problemAt } from '../config/reading.ts';
import { type Finding, findings, starterConfig } from '../config/starter.ts';
import type { Problem } from '../protocol/messages.ts';
import { plural } from '../reports/excerpt.ts';
import type { InitCommand } from './commands.ts';
import { Connection } from './connection.ts';
import { exitCodes } from './exit-codes.ts';
import type { Program } from './program.ts';
import { readSetup } from './setup.ts';
import { prepareStorage } from './storage.ts';

export async function initCommand(command: InitCommand, program: Program): Promise<number> {
  const { console, env, dist } = program;
  const setup = await readSetup(command, env, program.cwd);
  if (!('folder' in setup)) {
    console.complain(setup.problems);
    return exitCodes.usage;
  }
  const folder = setup.folder.folder.path;
  const file = join(folder, configName);
  if (await exists(file)) {
    console.complain([alreadyThere(file)]);
    return exitCodes.usage;
  }
  const storage = await prepareStorage(folder);
  const connection = await Connection.open({
    dist,
    env,
    storage: storage.path,
    folder: setup.folder,
    onNotice: () => undefined,
  });
  try {
    const found = await Promise.race([connection.ask('projects', {}), program.interruption.requested]);
    if (typeof found === 'number') return found;
    const problem = await writeNew(file, starterConfig(found.projects));
    console.complain([...found.problems, ...(problem ? [problem] : [])]);
    if (problem) return exitCodes.usage;
    const frameworks = findings(found.projects);
    if (command.json) await console.document([`${JSON.stringify({ format: 1, file, frameworks }, null, 2)}\n`]);
    else console.people.print(told(frameworks));
    return exitCodes.passed;
  } finally {
    await connection.close();
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    // Whatever else keeps it from being read keeps it from being written, which says so.
    return false;
  }
}

/** Never over a file that somebody else has written in the meantime. */
async function writeNew(file: string, text: string): Promise<Problem | null> {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return alreadyThere(file);
    return { ...problemAt('', `cannot be written: ${message}`, 'Make the folder writable.'), file };
  }
}

function alreadyThere(file: string): Problem {
  return { ...problemAt('', 'is there already and was left as it is', 'Edit it, or move it away first.'), file };
}

function told(frameworks: readonly Finding[]): string {
  const lines = frameworks.map(({ framework, files, folders }) => {
    const places = folders.map(folder => (folder === '.' ? 'this folder' : folder)).join(', ');
    return `  ${framework}: ${plural(files, 'file')} in ${places}`;
  });
  const found =
    lines.length > 0
      ? ['Found:', ...lines, 'Next: bulkhead run']
      : ['No framework was found here. Name the tests that are programs under "command" in it.'];
  return [`Wrote ${configName}. Everything in it is commented out.`, ...found].join('\n');
}
