describe('endless loop', () => {
  it('is a healthy neighbour', () => {});

  it('never comes back', () => {
    for (;;);
  });
});
