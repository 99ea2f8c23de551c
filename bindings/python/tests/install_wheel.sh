#!/usr/bin/env bash
# Build the package as a user of its source distribution would, and install the wheel in a new environment:
#
#   install_wheel.sh VENV FOLDER      VENV: by make_venv.sh; the environment is FOLDER/venv
#
# It has the packages of VENV, too.
set -euo pipefail
venv=${1:?usage: install_wheel.sh VENV FOLDER} folder=${2:?}
package=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
if [ ! -x "$venv/bin/auditwheel" ]; then
    echo "skipped: Python packages are missing: $package/tests/make_venv.sh $venv fetches them"
    exit 77
fi
export PATH=$venv/bin:$PATH
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"

# The compiler sees the same paths each time, for ccache.
python -m build --sdist --no-isolation --outdir . "$package"
tar -xmf mcpi-*.tar.gz
mv mcpi-*/ sdist
pip wheel -q --no-build-isolation --no-deps --wheel-dir built -C cmake.define.MCPI_CUDA=OFF -C build-dir=cmake ./sdist
auditwheel repair --wheel-dir repaired built/mcpi-*.whl

python -m venv venv
site=$(venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' >"$site/tools.pth"
venv/bin/python -m pip install -q --no-deps --no-index repaired/mcpi-*.whl

# Nothing of the build is needed any more.
rm -rf sdist cmake built
venv/bin/mcpi version
for library in "$site"/mcpi/libmcpi.so "$site"/mcpi/mcpi "$site"/mcpi/mcpi-worker; do
    if ldd "$library" | grep -E 'hwloc|json-c' | grep -v "$site"; then
        echo "$library takes libraries of the system"
        exit 1
    fi
done
