// Objects of JavaScript, one after the other; it stops by itself at about 512 MiB.
const kept = [];
while (process.memoryUsage.rss() < 500 * 1024 ** 2) {
  for (let i = 0; i < 1000; i++) kept.push({ i, text: `object ${i}`.repeat(20) });
}
