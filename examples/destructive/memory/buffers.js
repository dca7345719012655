// Memory outside of the JavaScript heap, which no limit of V8 sees: 512 MiB at most.
const kept = [];
while (kept.length < 32) kept.push(Buffer.alloc(16 * 1024 ** 2, 1));
