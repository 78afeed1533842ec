#!/usr/bin/env bash
# Makes one archive that runs bie, and with tests the device tests, on a bare Linux x86-64 machine.
# setup.sh calls it: pack.sh ARCHIVE JAR [JAR_OF_TESTS...]
#   JAVA_HOME      a JDK 25 with jlink
#   TORNADOVM_HOME TornadoVM's SDK, of whose back ends all are packed
set -euo pipefail

ARCHIVE=$1
JAR=$2
TESTS=("${@:3}")
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SDK=$TORNADOVM_HOME

PACK=$(mktemp -d)
trap 'rm -rf "$PACK"' EXIT
mkdir -p "$PACK"/{lib,sdk/java,sdk/graal,natives}

# The modules that the project reads, TornadoVM and Graal; ALL-SYSTEM then means these.
ours=$("$JAVA_HOME/bin/jdeps" --multi-release 25 --ignore-missing-deps --print-module-deps "$JAR")
"$JAVA_HOME/bin/jlink" --output "$PACK/jre" --strip-debug --no-header-files --no-man-pages \
  --compress zip-9 --vm server \
  --exclude-files='**libfontmanager.so,**libawt*.so,**libfreetype.so,**libmlib_image.so,**liblcms.so,**libsplashscreen.so,**libjavajpeg.so,**/legal/**' \
  --add-modules "$ours",java.base,java.desktop,java.instrument,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml,jdk.attach,jdk.incubator.vector,jdk.internal.vm.ci,jdk.management,jdk.unsupported,jdk.zipfs

# TornadoVM: what its modules require, and Graal without what a compiler of kernels never loads.
for name in tornado-api tornado-runtime tornado-annotation tornado-drivers-common asm commons-math3 \
  snmp4j jsr305 nativeimage; do
  cp "$SDK"/share/java/tornado/$name-[0-9]*.jar "$PACK/sdk/java/"
done
for name in compiler truffle-compiler collections word; do
  cp "$SDK"/share/java/graalJars/$name-[0-9]*.jar "$PACK/sdk/graal/"
done
backends=()
for backend in opencl ptx; do
  library=$SDK/lib/libtornado-$backend.so
  [[ -f $library ]] || continue
  backends+=("$backend")
  # A home of TornadoVM for each: the library of the other may not load.
  home=$PACK/sdk/$backend
  mkdir -p "$home"/{etc,lib,java}
  cp "$library" "$home/lib/"
  cp "$SDK"/share/java/tornado/tornado-drivers-$backend-[0-9]*.jar "$home/java/"
  cp "$SDK"/etc/tornado.{release,properties} "$home/etc/" 2>/dev/null || true
  echo "tornado.backends=$backend-backend" >"$home/etc/tornado.backend"
  grep -hvE '^\s*(#|$)' "$SDK/etc/exportLists/common-exports" "$SDK/etc/exportLists/$backend-exports" \
    >"$home/exports"
done
[[ ${#backends[@]} -gt 0 ]] || { echo "pack.sh: $SDK has no back end" >&2; exit 1; }
# The loader that finds OpenCL drivers; a machine with a driver may lack it.
loader=$(ldconfig -p | awk '/libOpenCL\.so\.1 .*x86-64/ {print $NF; exit}')
[[ -z $loader ]] || cp -L "$loader" "$PACK/natives/libOpenCL.so.1"

cp "$JAR" "$PACK/lib/bie.jar"
cp "$HERE/bie" "$PACK/bie"
if [[ ${#TESTS[@]} -gt 0 ]]; then
  mkdir "$PACK/tests"
  cp "${TESTS[@]}" "$PACK/tests/"
  cp "$SDK"/share/java/tornado/tornado-matrices-[0-9]*.jar "$PACK/tests/"
  cp "$HERE/test" "$PACK/test"
fi
chmod +x "$PACK/bie" "$PACK"/test* 2>/dev/null || true
tar -c --owner=0 --group=0 --sort=name -C "$PACK" . | gzip -9 >"$ARCHIVE.part"
mv "$ARCHIVE.part" "$ARCHIVE"
echo "packed ${backends[*]} into $ARCHIVE, $(stat -c %s "$ARCHIVE") bytes"
