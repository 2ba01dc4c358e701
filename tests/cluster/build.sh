#!/bin/bash
# Builds a real Kubernetes from Debian's own source package into a folder, once.
#
#     tests/cluster/build.sh FOLDER
#
# Nothing is installed: sources, the Go compiler, etcd and the CNI plug-ins are
# fetched by apt from the archives this machine already uses and are unpacked
# under FOLDER. About 8 minutes on 2 cores, 2.5 GB while it builds; FOLDER/bin and
# FOLDER/cni stay, 0.45 GB. A second call finds FOLDER/done and ends.

set -euo pipefail

folder=$1
keys=/usr/share/keyrings/debian-archive-keyring.gpg
if [ -e "$folder/done" ]; then
    exit 0
fi
mkdir -p "$folder"/{apt/lists/partial,tools,bin}
cd "$folder"

# Most machines have no line of sources: the archives of their packages with
# "deb-src" before them are the same archives.
apt-get indextargets --format "deb-src [signed-by=$keys] \$(REPO_URI) \$(RELEASE) main" \
    "Created-By: Packages" "Component: main" "Origin: Debian" | sort -u > apt/sources.list

own=(-o "Dir::Etc::SourceList=$folder/apt/sources.list" -o "Dir::Etc::SourceParts=/dev/null"
     -o "Dir::State::Lists=$folder/apt/lists" -o "APT::Sandbox::User=root")
apt-get -qq "${own[@]}" update
apt-get -qq "${own[@]}" source --download-only kubernetes

# The compiler of the release that the package was built with.
go=$(apt-cache depends golang-go | sed -n 's/.*Depends: \(golang-[0-9.]*\)-go$/\1/p')
apt-get -qq -o APT::Sandbox::User=root download \
    "$go-go" "$go-src" rsync libpopt0 libxxhash0 etcd-server containernetworking-plugins
for package in ./*.deb; do
    dpkg -x "$package" tools
done

rm -rf source
dpkg-source --no-check -x ./kubernetes_*.dsc source > /dev/null
version=$(dpkg-parsechangelog -l source/debian/changelog -S Version | sed 's/.*really//; s/[-+].*//')

# The build asks git for the version; the source package has no repository.
printf '%s\n' "KUBE_GIT_COMMIT=debian" "KUBE_GIT_TREE_STATE=clean" "KUBE_GIT_VERSION=v$version" \
    "KUBE_GIT_MAJOR=${version%%.*}" "KUBE_GIT_MINOR=$(cut -d. -f2 <<< "$version")" > version

export PATH="$folder/tools/usr/lib/${go/#golang/go}/bin:$folder/tools/usr/bin:$PATH"
libraries=$(dpkg-architecture -q DEB_HOST_MULTIARCH)
export LD_LIBRARY_PATH="$folder/tools/usr/lib/$libraries"
export GO111MODULE=off GOPROXY=off GOFLAGS='' FORCE_HOST_GO=y KUBE_GIT_VERSION_FILE="$folder/version"
export GOCACHE="$folder/go-cache" GOPATH="$folder/go-path"
make -C source WHAT="cmd/kube-apiserver cmd/kube-controller-manager cmd/kube-scheduler cmd/kubelet cmd/kubectl"

cp source/_output/local/bin/linux/*/kube* bin/
cp tools/usr/bin/etcd bin/
rm -rf cni
mv tools/usr/lib/cni cni
rm -rf source tools go-cache go-path apt ./*.deb ./kubernetes_*
touch "$folder/done"
