'use strict';

/** What workerpool runs. */
require('workerpool').worker({
  square: (x) => x * x,
  echo: (data) => data,
  size: (data) => data.byteLength,
});
