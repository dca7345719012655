import type { Page } from 'playwright-core';

interface Scope {
  longestFreeze: number;
  freezeTimer?: ReturnType<typeof setInterval>;
}

/** From now on, how late a timer of the page is: as late as it would be with what a person does. */
export async function watchFreezes(page: Page): Promise<void> {
  await page.evaluate(() => {
    const scope = globalThis as unknown as Scope;
    clearInterval(scope.freezeTimer);
    scope.longestFreeze = 0;
    let last = performance.now();
    scope.freezeTimer = setInterval(() => {
      const now = performance.now();
      scope.longestFreeze = Math.max(scope.longestFreeze, now - last - 20);
      last = now;
    }, 20);
  });
}

/** In milliseconds, since `watchFreezes`. */
export async function longestFreeze(page: Page): Promise<number> {
  return page.evaluate(() => Math.round((globalThis as unknown as Scope).longestFreeze));
}
