/**
 * The same glob as an editor's watcher takes it, or a wider one: VS Code knows neither `?(x)` and its kin nor braces inside of
 * braces.
 */
export function watchableGlob(glob: string): string {
  const plain = glob
    .replace(/[+@]\(([^()]*)\)/g, (_, choices: string) =>
      choices.includes('|') ? `{${choices.replaceAll('|', ',')}}` : choices,
    )
    .replace(/[?*!+@]\([^()]*\)/g, '*');
  return nested.test(plain) ? plain.replace(/\{.*\}/s, '*') : plain;
}

const nested = /\{[^{}]*\{/;
