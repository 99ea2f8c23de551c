# Installed, the files are where programs look for them.
for tool in man fish; do command -v $tool >/dev/null || { echo "$tool is not installed"; exit 77; }; done
package=/usr/share/bash-completion/bash_completion
[ -e $package ] || { echo "bash-completion is not installed"; exit 77; }

cmake -DCMAKE_INSTALL_PREFIX="$PWD/prefix" -P "$MANUAL/../host/cli/manual/cmake_install.cmake" >/dev/null
(cd prefix && find . -type f ! -name '*mcpi-mpi*' | LC_ALL=C sort) # mcpi-mpi only where there is an MPI

MANPATH=$PWD/prefix/share/man man -w 1 mcpi 3 mcpi | sed "s,$PWD/,,"
export XDG_DATA_DIRS=$PWD/prefix/share
(
    set +e +u
    # shellcheck source=/dev/null
    . $package
    _completion_loader mcpi
    complete -p mcpi
)
XDG_CONFIG_HOME=$PWD/home XDG_DATA_HOME=$PWD/home fish -c 'complete -C "mcpi ru"' | tr '\t' '|'
