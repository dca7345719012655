import { basename, dirname, join, relative, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import type { CommandSettings, Settings } from '../../config/settings.ts';
import type { Discovery } from '../../protocol/messages.ts';
import { type Project, type TestInfo, testKey } from '../../protocol/tests.ts';
import type { Detection, DetectionContext, ExitReading, Framework, Launch } from '../framework.ts';

/** Any program, once for each file: its exit code is the verdict. */
export class CommandFramework implements Framework {
  readonly name = 'command';
  readonly reporting = 'exit-code';

  async detect({ folder, settings }: DetectionContext): Promise<Detection> {
    const found = await Promise.all(
      settings.command.map(async entry => {
        const files = await glob([...entry.files], {
          cwd: folder.path,
          ignore: ['**/node_modules/**', ...entry.exclude],
          absolute: true,
          onlyFiles: true,
          dot: true,
          expandDirectories: false,
        });
        const project: Project = {
          id: `command:${folder.path}:${entry.name}`,
          framework: 'command',
          folder,
          root: folder.path,
          label: entry.name,
          files: files.sort(),
          watch: entry.files,
        };
        return project;
      }),
    );
    return {
      projects: found.filter(project => project.files.length > 0),
      problems: found.flatMap(({ files, label, watch }) =>
        files.length > 0
          ? []
          : [
              {
                severity: 'warning' as const,
                file: join(folder.path, 'bulkhead.config.json'),
                key: 'frameworks.command',
                message: `"${label}" matches no file (${watch.join(', ')}).`,
                fix: 'Correct "files"; its globs are relative to the workspace folder.',
              },
            ],
      ),
    };
  }

  async discover(project: Project, file: string): Promise<Discovery> {
    const identity = { framework: 'command', file, titlePath: [basename(file)], ordinal: 0 };
    return { tests: [{ ...identity, key: testKey(project.folder, identity) }] };
  }

  launch(project: Project, [test]: readonly TestInfo[], settings: Settings): Launch {
    const { command, cwd, env } = entryOf(project, settings);
    const file = test!.file;
    const words: Readonly<Record<string, string>> = {
      file,
      relativeFile: relative(project.folder.path, file),
      fileFolder: dirname(file),
      folder: project.folder.path,
    };
    const line = command.map(word => word.replace(/\$\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole));
    const named = command.some(word => word.includes('${file}') || word.includes('${relativeFile}'));
    const [program = file, ...args] = named ? line : [...line, file];
    return { file: program, args, cwd: resolve(project.folder.path, cwd ?? '.'), env };
  }

  readExit(project: Project, code: number, settings: Settings): ExitReading {
    if (code === 0) return { state: 'passed' };
    if (entryOf(project, settings).skipCodes.includes(code)) return { state: 'skipped', reason: `exit code ${code}` };
    return { state: 'failed', message: `The command ended with exit code ${code}.` };
  }
}

function entryOf(project: Project, settings: Settings): CommandSettings {
  return settings.command.find(entry => entry.name === project.label)!;
}
