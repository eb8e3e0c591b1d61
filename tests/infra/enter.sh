# enter.sh ROOT USER FOLDER COMMAND...: runs a command as a container's process: with a root to which nothing can be written but for
# /tmp, and as the image's user. To be run by `unshare --mount`, in the environment that the process is to have.
set -euo pipefail
root=$1 user=$2 folder=$3
shift 3
mount --bind "$root" "$root"
mount --options remount,bind,ro "$root"
mount --types tmpfs tmpfs "$root/tmp"
mount --bind /proc "$root/proc"
mount --rbind /dev "$root/dev"
exec unshare --root "$root" --wd "$folder" --setgid "$user" --setuid "$user" -- "$@"
