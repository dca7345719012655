import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { findChromium } from './chromium.ts';

export async function launchBrowser(): Promise<Browser> {
  const { executable, env } = await findChromium();
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return chromium.launch({
    executablePath: executable,
    headless: true,
    env: { ...Object.fromEntries(inherited), ...(env as Record<string, string>) },
    // Chromium's own sandbox does not work for root, nor in most containers; it only ever sees 127.0.0.1 here.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** No page may reach anything but this machine: a run is the same with and without internet. Returns what was refused. */
export async function offline(context: BrowserContext): Promise<string[]> {
  const refused: string[] = [];
  await context.route(
    url => url.hostname !== '127.0.0.1' && url.hostname !== 'localhost',
    route => {
      refused.push(route.request().url());
      return route.abort();
    },
  );
  return refused;
}
