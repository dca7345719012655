/** The programs in which vitest, or the pool of its version 3, runs tests. */
export const workerProgram = /[\\/]vitest[^\\/]*[\\/]dist[\\/](?:workers[\\/]|worker\.js)|[\\/]tinypool[\\/]dist[\\/]/;
