#!/bin/sh
# The compiler with planted bugs, for crates of this workspace alone: dependencies are not built again.
exec "$@" --cfg undying_planted
