#!/bin/sh
# The main job on the real notes: import them, show what was found, ask, add a relation, leave the page.
# usage: demo.sh PAPERGRAPH FOLDER
set -eu
papergraph=$1
folder=$2
mkdir -p "$folder"
pg() { "$papergraph" --db "$folder/papergraph.db" "$@"; }
say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] || say() { printf '\n== %s\n' "$*"; }

say "papergraph import data/iclr2024-notes.txt"
pg import data/iclr2024-notes.txt
say "papergraph stats"
pg stats
say "papergraph relations"
pg relations
say "papergraph related 'Dissecting learning and forgetting' -n 4"
pg related "Dissecting learning and forgetting" -n 4
say "papergraph add relation 'Pause Tokens' similar-to 'Let Models Speak Ciphers' --hedged --note …"
pg add relation "Pause Tokens" similar-to "Let Models Speak Ciphers" --hedged --note "どちらもトークンを出さずに考えさせる話"
say "papergraph related 'Pause Tokens' -n 2"
pg related "Pause Tokens" -n 2
say "papergraph view -o $folder/papergraph.html"
pg view -o "$folder/papergraph.html" --title "ICLR 2024"
printf '\nThe page: %s/papergraph.html (open it in any browser; it needs no network)\n' "$folder"
