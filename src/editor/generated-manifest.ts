import { contributedSettings } from './contributed-settings.ts';
import { withKeys } from './contributed-texts.ts';
import { contributedTools } from './contributed-tools.ts';

const prefixes = ['setting', 'tool'] as const;

/** What tables of the code put into the manifest, and its texts, which stand in `package.nls.json` for translation. */
export function generated() {
  const texts: Record<string, string> = {};
  const [setting, tool] = prefixes;
  return {
    properties: withKeys(contributedSettings(), setting, texts),
    tools: withKeys(contributedTools(), tool, texts),
    texts,
    isGenerated: (key: string) => prefixes.some(prefix => key.startsWith(`${prefix}.`)),
  };
}
