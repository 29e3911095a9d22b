"use strict";

const error = new Error(
  "this package is an ES module: write `import { … } from …`, or `await import(…)`, in place of require(…)",
);
error.code = "ERR_REQUIRE_ESM";
throw error;
