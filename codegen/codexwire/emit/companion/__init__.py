"""TypeScript packages on types that the user has: those that `codex app-server generate-ts` wrote."""
