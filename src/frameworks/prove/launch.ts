import { closeSync, openSync, readSync } from 'node:fs';
import { delimiter } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { Project } from '../../protocol/tests.ts';
import type { Launch } from '../framework.ts';
import { proveOptions } from './options.ts';

/** A file of tests as prove starts it: a program by itself, a script by what its first line names, and everything else by perl. */
export function testFileLaunch(
  { root }: Project,
  file: string,
  { tap: { program = 'perl', args, env } }: Settings,
): Launch {
  const { includes, switches, exec } = proveOptions(root);
  const inherited = env['PERL5LIB'] ?? process.env['PERL5LIB'];
  const libraries = [...includes, ...(inherited ? [inherited] : [])].join(delimiter);
  const [start = file, ...rest] =
    exec !== null
      ? [...exec, file]
      : (ownStart(file) ?? [
          program,
          ...new Set([...switches, ...taint(file)]),
          // Perl that is told not to trust its environment does not read PERL5LIB.
          ...includes.map(folder => `-I${folder}`),
          ...args,
          file,
        ]);
  return {
    file: start,
    args: rest,
    cwd: root,
    env: { HARNESS_ACTIVE: '1', ...env, ...(libraries ? { PERL5LIB: libraries } : {}) },
  };
}

/** Null: it is for perl. */
function ownStart(file: string): string[] | null {
  const start = beginning(file);
  if (isProgram(start)) return [file];
  const [, interpreter = '', argument = ''] = /^#![ \t]*(\S+)[ \t]*(.*)/.exec(start) ?? [];
  // Perl takes every first line that has its name in it for its own.
  if (interpreter === '' || /perl/.test(`${interpreter} ${argument}`)) return null;
  return [interpreter, ...(argument.trim() === '' ? [] : [argument.trim()]), file];
}

/** That switch perl wants to be told by its command too. */
function taint(file: string): string[] {
  const [, switched] = /^#!.*perl.*\s-\w*([Tt])/.exec(beginning(file).split('\n', 1)[0]!) ?? [];
  return switched === undefined ? [] : [`-${switched}`];
}

/** Of a compiled program: ELF, Mach-O in its two orders, or an .exe. */
function isProgram(start: string): boolean {
  return /^(?:\x7fELF|\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe|MZ)/.test(start);
}

function beginning(file: string): string {
  const bytes = Buffer.alloc(256);
  try {
    const descriptor = openSync(file, 'r');
    try {
      return bytes.toString('latin1', 0, readSync(descriptor, bytes, 0, bytes.length, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // What is gone meanwhile, or may not be read, the program that is to run it will tell.
    return '';
  }
}
