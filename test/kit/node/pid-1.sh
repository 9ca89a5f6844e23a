#!/bin/bash
# Pid 1 of a node: makes its view of the machine, then waits and reaps. When it ends, the kernel ends everything in the
# node, and with the last process go its mounts and interfaces. Run by `unshare`; see namespaces.ts.
# usage: pid-1.sh <state directory> <host name>
set -eu
directory=$1

# The groups of the node, so that their being empty says that all of the node has ended.
while read -r procs; do echo 0 >"$procs"; done <"$directory/cgroups"

# A fresh /sys shows the interfaces of this network namespace; the machine's cgroup trees are moved over.
mkdir -p "$directory"/{trees,var,var-work,containerd,kubelet,sysctl}
mount --rbind /sys/fs/cgroup "$directory/trees"
mount -t sysfs sysfs /sys
mount --rbind "$directory/trees" /sys/fs/cgroup
umount -l "$directory/trees"

mount -t tmpfs tmpfs /run
mkdir -p /run/lock
mount -t overlay overlay -o "lowerdir=/var,upperdir=$directory/var,workdir=$directory/var-work" /var
# No overlay below these two: containerd makes overlays of its own there.
mkdir -p /var/lib/containerd /var/lib/kubelet
mount --bind "$directory/containerd" /var/lib/containerd
mount --bind "$directory/kubelet" /var/lib/kubelet
# The kubelet shares mounts with pods. Only now: before, unmounting above would have reached the machine's own trees.
mount --make-rshared /

# The kubelet sets these for the whole machine; it finds them as it wants them and sets nothing.
shown() {
  [ "$(cat "/proc/sys/$1")" = "$2" ] && return
  echo "$2" >"$directory/sysctl/${1//\//.}"
  mount --bind "$directory/sysctl/${1//\//.}" "/proc/sys/$1"
}
shown vm/overcommit_memory 1
shown vm/panic_on_oom 0
shown kernel/panic 10
shown kernel/panic_on_oops 1
shown kernel/keys/root_maxkeys 1000000
shown kernel/keys/root_maxbytes 25000000

hostname "$2"
ip link set lo up
echo 1 >/proc/sys/net/ipv4/ip_forward
[ ! -e /proc/sys/net/ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
echo ready >"$directory/pid-1.ready"
# bash reaps what is left to it while it waits.
sleep infinity &
wait $!
