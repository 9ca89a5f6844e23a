#!/bin/sh
# Runs a program of the node in the node's own cgroups. Entered by `nsenter`; see namespaces.ts.
# usage: run-inside.sh <state directory> <program> [argument...]
while read -r procs; do echo 0 >"$procs"; done <"$1/cgroups"
shift
exec "$@"
