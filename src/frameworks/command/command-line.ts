import { dirname, relative } from 'node:path';

const placeholder = /\$\{(file|relativeFile|fileDirname|folder)\}/g;

/**
 * The words of the command with its placeholders filled in. `${file}` is the absolute path of the test file, `${relativeFile}` the
 * same from the workspace folder, `${fileDirname}` the folder that it is in, and `${folder}` the workspace folder. A command without
 * any of them gets the file as its last word, so that `["python3"]` is enough. No shell reads it, so nothing needs quoting.
 */
export function commandLine(
  command: readonly string[],
  { file, folder }: { readonly file: string; readonly folder: string },
): string[] {
  const values: Record<string, string> = {
    file,
    relativeFile: relative(folder, file),
    fileDirname: dirname(file),
    folder,
  };
  const words = command.map(word => word.replace(placeholder, (_, name: string) => values[name]!));
  return command.some(word => word.search(placeholder) !== -1) ? words : [...words, file];
}
