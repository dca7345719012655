// Run first by `npm start` and `npm test`, in whatever Node there is: everything after it needs one that runs TypeScript.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `This is Node ${process.versions.node}, and Bulkhead is built and tested with Node 22.18 or later.\n` +
      (process.platform === 'linux' && process.arch === 'x64'
        ? 'On Linux x64 a fitting Node comes with the development dependencies: run "npm ci" without --omit=optional.'
        : 'Install a later Node from https://nodejs.org and run the command again.'),
  );
  process.exit(1);
}
