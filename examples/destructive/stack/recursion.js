// V8 keeps a limit of its own, below the kernel's: a RangeError, where that is left as it is.
(function again() {
  again();
})();
