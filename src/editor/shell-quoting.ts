export type Shell = 'posix' | 'powershell' | 'cmd';

/** What a program of this path reads; fish joins quoted pieces as a POSIX shell does. */
export function shellOf(program: string, platform: NodeJS.Platform = process.platform): Shell {
  const name = program
    .toLowerCase()
    .replace(/^.*[\\/]/, '')
    .replace(/\.exe$/, '');
  if (name === 'pwsh' || name === 'powershell') return 'powershell';
  if (name === 'cmd') return 'cmd';
  return name === '' && platform === 'win32' ? 'powershell' : 'posix';
}

/** One word of a command line, as it is. */
export function quoted(word: string, shell: Shell): string {
  if (/^[\w./:=@%+,-]+$/.test(word) && !(shell !== 'posix' && /[%@,]/.test(word))) return word;
  switch (shell) {
    case 'posix':
      return `'${word.replaceAll("'", `'\\''`)}'`;
    case 'powershell':
      return `'${word.replaceAll("'", "''")}'`;
    case 'cmd':
      // A doubled quote is one quote to the program; a percent sign cannot be quoted in an interactive line.
      return `"${word.replaceAll('"', '""')}"`;
  }
}
