const oldest = { major: 22, minor: 13 };

/** Why Bulkhead itself cannot run in this Node; the tests may run in an older one. */
export function whyNotThisNode(version: string, program: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return null;
  return (
    `Bulkhead needs Node ${oldest.major}.${oldest.minor} or later, and this is ${version} (${program}). ` +
    'Start it with a newer one; the tests of a project can go on in its own Node, by "node" of their framework in bulkhead.config.json.'
  );
}
