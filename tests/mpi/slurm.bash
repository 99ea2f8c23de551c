# shellcheck shell=bash disable=SC2154 # cluster sets the variables
# Sourced by tests/mpi/cluster: Slurm on its nodes. Every function runs in the folder $work of the cluster.

slurm_uid=61077

slurm_is_installed() {
    local tool
    for tool in slurmctld slurmd srun munged; do command -v "$tool" >/dev/null || return 1; done
    [ -d /etc/slurm ]
}

# Slurm's plug-ins for control groups need version 1, with these controllers. Elsewhere jobs are found by their parents.
slurm_has_groups() { [ -e /sys/fs/cgroup/freezer/tasks ] && [ -e /sys/fs/cgroup/cpuset/tasks ]; }

slurm_write_conf() {
    local track=linuxproc tasks=task/affinity
    if slurm_has_groups; then track=cgroup tasks=task/cgroup,task/affinity; fi
    cat <<END
ClusterName=namespaces
SlurmctldHost=front
SlurmUser=root
AuthType=auth/munge
AuthInfo=cred_expire=5
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool/%n
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd-%n.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd-%n.log
ProctrackType=proctrack/$track
TaskPlugin=$tasks
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
PreemptType=preempt/partition_prio
PreemptMode=GANG,REQUEUE
SchedulerTimeSlice=5
KillWait=5
SlurmdTimeout=10
ReturnToService=2
OverTimeLimit=0
NodeName=node[1-$count] CPUs=$(nproc) RealMemory=1000
PartitionName=normal Nodes=ALL Default=YES PriorityTier=1 PreemptMode=REQUEUE GraceTime=5 MaxTime=60
PartitionName=gang Nodes=ALL PriorityTier=1 PreemptMode=SUSPEND OverSubscribe=FORCE:1 MaxTime=60
PartitionName=urgent Nodes=ALL PriorityTier=10 PreemptMode=OFF MaxTime=60
END
    [ ${#conf[@]} -eq 0 ] || printf '%s\n' "${conf[@]}"
}

# On the front, before there are nodes: a user, a key and the configuration.
slurm_prepare() {
    mkdir -p home state spool etc slurm
    cp /etc/passwd /etc/group etc
    echo "$user:x:$slurm_uid:$slurm_uid::$work/home:/bin/bash" >>etc/passwd
    echo "$user:x:$slurm_uid:" >>etc/group
    mount --bind etc/passwd /etc/passwd
    mount --bind etc/group /etc/group
    chown "$slurm_uid:$slurm_uid" home
    slurm_write_conf >slurm/slurm.conf
    printf 'CgroupPlugin=cgroup/v1\nConstrainCores=yes\n' >slurm/cgroup.conf
    # The nodes share /tmp, where PMIx makes folders that are named by the job alone. /dev/shm is a node's own.
    echo 'PMIxCliTmpDirBase=/dev/shm' >slurm/mpi.conf
    mount --bind slurm /etc/slurm
    mkdir -p /run/munge
    (umask 077 && head -c 32 /dev/urandom >munge.key)
    munged --force --key-file="$work/munge.key" --log-file="$work/munged.log" --pid-file="$work/munged.pid" \
        --seed-file="$work/munged.seed" 2>/dev/null
}

# Control groups of a node's own: it sees nothing above them.
slurm_make_groups() {
    local controller top file
    for controller in freezer cpuset; do
        top=/sys/fs/cgroup/$controller/$group
        mkdir -p "$top/$1"
        if [ $controller = cpuset ]; then
            for file in cpuset.cpus cpuset.mems; do
                cat "/sys/fs/cgroup/cpuset/$file" >"$top/$file"
                cat "$top/$file" >"$top/$1/$file"
            done
        fi
        echo $$ >"$top/$1/tasks"
    done
}

slurm_run_daemon() {
    if slurm_has_groups; then
        slurm_make_groups "$1"
        # shellcheck disable=SC2016
        unshare --cgroup bash -c 'mount -t tmpfs none /sys/fs/cgroup
            for c in freezer cpuset; do mkdir /sys/fs/cgroup/$c && mount -t cgroup -o $c none /sys/fs/cgroup/$c; done
            exec slurmd -D -N '"$1" &
    else
        slurmd -D -N "$1" &
    fi
}

# On a node. It has no disk: what it kept of jobs before a power cut is gone.
slurm_join() {
    rm -rf "spool/$1"
    mkdir -p "spool/$1"
    slurm_run_daemon "$1"
}

# On the front, after the nodes have started.
slurm_start() {
    local i
    slurmctld
    for i in {1..100}; do
        [ "$(sinfo -h -t idle -o %D 2>/dev/null)" != "$count" ] || return 0
        sleep 0.2
    done
    echo "cluster: after $((i / 5)) s Slurm's nodes are not all idle:" >&2
    sinfo >&2
    tail -n 5 "$work"/slurm*.log >&2
    return 1
}
