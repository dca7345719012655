import { readFileSync } from 'node:fs';
import * as path from 'node:path';

/** They follow the README in the package, since a link to another file of the repository leads nowhere from there. */
const pages = ['docs/configuration.md', 'docs/frameworks.md'] as const;

/**
 * The README as VS Code and the Marketplace show it, with the pages that it leads to. They show pictures from https alone, neither by
 * a path nor from inside the text: `pictures` is the address that their paths follow, and without it there are none. Links to
 * what is not in here become words.
 */
export function packagedReadme(root: string, pictures?: string): string {
  const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
  const picture = /(!\[[^\]]*\]\()(media\/[^)]+\.png\)\n\n)/g;
  const readme = read('README.md').replaceAll(
    picture,
    pictures === undefined ? '' : `$1${pictures.replace(/\/*$/, '/')}$2`,
  );
  const titles = new Map(pages.map(page => [path.basename(page), titleOf(read(page))]));
  const deeper = (text: string) => text.replaceAll(/^#+ /gm, marks => `#${marks}`);
  const whole = [readme, ...pages.map(page => deeper(read(page)))].join('\n');
  const link = /(?<!!)\[([^\]]+)\]\((?![a-z]+:|#)([^)#]+)(#[^)]+)?\)/g;
  return whole.replaceAll(link, (_link, words: string, file: string, heading?: string) => {
    const target = path.basename(file);
    const title = titles.get(target);
    const place = heading ?? (title === undefined ? undefined : anchorOf(title));
    const isInside = title !== undefined || target === 'README.md';
    return isInside && place !== undefined ? `[${words}](${place})` : words;
  });
}

/** By which a link finds a heading, as GitHub and VS Code name it. */
export function anchorOf(heading: string): string {
  const words = heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\- ]/gu, '');
  return `#${words.replaceAll(' ', '-')}`;
}

export function titleOf(text: string): string {
  return /^# (.+)$/m.exec(text)?.[1] ?? '';
}
