#!/bin/sh
# Bring the project in the current folder to the newest codex release, as one commit on a branch.
# Usage: update.sh SUMMARY [OPTION of codexwire update]...   (SUMMARY: a file outside the working tree)
# Exit codes: 0 committed; 3 nothing new; anything else: what went wrong has been said.
set -eu

summary=$1
shift
rm -f "$summary"
codexwire update --vendor --summary "$summary" "$@"
[ -e "$summary" ] || exit 3

git switch --quiet --force-create codex-protocol
git add --all
git commit --quiet --message "$(head -n 1 "$summary")"
