"""TypeScript's emitter: an ESM package, JavaScript that runs as it is beside its declarations."""
