/** The programs in which playwright runs tests: one until 1.5x, and the bundle that took its place. */
export const workerProgram = /[\\/]playwright[\\/]lib[\\/](?:common[\\/]process|worker[\\/]workerProcessEntry)/;
