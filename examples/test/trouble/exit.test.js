describe('exit', () => {
  it('ends the whole process in the middle of the test, with code 0', () => {
    process.exit(0);
  });

  it('is a healthy neighbour', () => {});
});
