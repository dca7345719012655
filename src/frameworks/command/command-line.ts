import { dirname, relative } from 'node:path';

const placeholder = /\$\{(file|relativeFile|fileDirname|folder|test|report)\}/g;

export interface Place {
  readonly file: string;
  readonly folder: string;
  /** One that a list command printed. */
  readonly test?: string;
  /** Where the report is to be written. */
  readonly report?: string;
}

/**
 * The words of the command with its placeholders filled in. `${file}` is the absolute path of the test file, `${relativeFile}` the
 * same from the workspace folder, `${fileDirname}` the folder that it is in, and `${folder}` the workspace folder; `${test}` is one
 * that a list command printed, and `${report}` a place for a report. A command that says nothing of its file gets it as its last
 * word, so that `["python3"]` is enough, and one that says nothing of the test gets that. No shell reads it, so nothing needs
 * quoting.
 */
export function commandLine(command: readonly string[], place: Place): string[] {
  const words = command.map(word => filled(word, place));
  const says = (name: string) => command.some(word => word.includes(`\${${name}}`));
  const located = ['file', 'relativeFile', 'fileDirname', 'folder', 'test'].some(says);
  return [
    ...words,
    ...(located ? [] : [place.file]),
    ...(place.test === undefined || says('test') ? [] : [place.test]),
  ];
}

export function filled(word: string, { file, folder, test, report }: Place): string {
  const values: Record<string, string | undefined> = {
    file,
    relativeFile: relative(folder, file),
    fileDirname: dirname(file),
    folder,
    test,
    report,
  };
  return word.replace(placeholder, (written, name: string) => values[name] ?? written);
}
