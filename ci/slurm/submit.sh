#!/bin/sh
# SPDX-License-Identifier: MIT
# Gives a night to Slurm: a job array with a task for each shard, and a job behind it that joins what they leave.
#
#   ci/slurm/submit.sh [-n SHARDS] [-f NIGHT.toml] [-o FOLDER] [-- OPTIONS OF sbatch]
#
#   ci/slurm/submit.sh -n 4
#   ci/slurm/submit.sh -n 8 -f ci/nightly.toml -o /shared/nights/today -- --partition=long --time=12:00:00
#
# The options are for the array; what the joining job needs too is said as sbatch has it: SBATCH_PARTITION, SBATCH_ACCOUNT.
# All nodes must see this clone, FOLDER, and the cache of kernels under the same paths (FENCELAB_CACHE, else
# ~/.cache/fencelab): what one shard has built the others find there. FOLDER then holds part-1 ... part-N, their logs, and
# the whole night in FOLDER/night with its reports. Tested by ci/slurm.guest.ts against a real slurmctld and slurmd.
set -eu

usage() {
	sed -n 's/^# \{0,1\}//; 3,8p' "$0" >&2
	exit 2
}

FENCELAB=$(cd "$(dirname "$0")/../.." && pwd)
shards=2
FENCELAB_NIGHT=$FENCELAB/ci/nightly.toml
FENCELAB_FOLDER=
while getopts n:f:o:h option; do
	case $option in
	n) shards=$OPTARG ;;
	f) FENCELAB_NIGHT=$OPTARG ;;
	o) FENCELAB_FOLDER=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))

case $shards in
'' | *[!0-9]* | 0*) echo "submit.sh: -n $shards is not a number of shards" >&2 && exit 2 ;;
esac
if [ ! -f "$FENCELAB_NIGHT" ]; then
	echo "submit.sh: there is no file $FENCELAB_NIGHT" >&2
	exit 2
fi
: "${FENCELAB_FOLDER:=$FENCELAB/results/slurm-$(date -u +%Y-%m-%d-%H%M%S)}"
if [ -e "$FENCELAB_FOLDER/night" ] || [ -e "$FENCELAB_FOLDER/part-1" ]; then
	echo "submit.sh: $FENCELAB_FOLDER has a night already: give another folder" >&2
	exit 2
fi
mkdir -p "$FENCELAB_FOLDER"
FENCELAB_FOLDER=$(cd "$FENCELAB_FOLDER" && pwd)
FENCELAB_NIGHT=$(cd "$(dirname "$FENCELAB_NIGHT")" && pwd)/$(basename "$FENCELAB_NIGHT")
export FENCELAB FENCELAB_NIGHT FENCELAB_FOLDER

# Once, here: the tasks must not all install and compile in the same clone. It also refuses a bad file before anything waits.
node "$FENCELAB/bin/fencelab.js" nightly "$FENCELAB_NIGHT" --shard "1/$shards" --plan >"$FENCELAB_FOLDER/plan.txt"

array=$(sbatch --parsable --array="1-$shards" --output="$FENCELAB_FOLDER/part-%a.log" "$@" \
	"$FENCELAB/ci/slurm/nightly.sbatch")
# A cluster's name may be behind the number. Whatever became of the tasks, what they left is joined.
merge=$(sbatch --parsable --dependency="afterany:${array%%;*}" --output="$FENCELAB_FOLDER/merge.log" \
	"$FENCELAB/ci/slurm/merge.sbatch")
echo "array job ${array%%;*} with $shards tasks, merge job ${merge%%;*}; the night will be in $FENCELAB_FOLDER/night"
