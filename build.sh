#!/usr/bin/env bash
# One door for developers: build, test, bench, pack. `./build.sh help` says how.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# Suite name -> test project. The names are what `./build.sh test NAME...` takes.
declare -A suites=(
    [library]=Culvert.Tests
    [processes]=Culvert.CrossProcess.Tests
    [collector]=Culvert.Collector.Tests
    [web]=Culvert.Web.Tests
    [services]=Culvert.Services.Tests
)
failures=artifacts/test-failures.log
fuzz=artifacts/bin/Culvert.Fuzz/debug/Culvert.Fuzz
suite_order=(library processes collector web services fuzz windows)

# What tests use beside the SDK, as Debian packages: command that shows it is there -> package.
declare -A needs=(
    [chromium]=chromium
    [logger]=bsdutils
    [python3]=python3
    [runuser]=util-linux
    [logrotate]=logrotate
    [java]=openjdk-17-jre-headless
    [wine]='wine wine64'
    [xvfb-run]=xvfb
    [xauth]=xauth
)

# Libraries that tests use: file that the loader must know -> package.
declare -A library_needs=(
    [librdkafka.so.1]=librdkafka1
)

help() {
    cat <<'TEXT'
Usage: ./build.sh COMMAND

  build                 builds everything
  test [NAME...]        installs what the tests need and runs them; NAME is library, processes, collector,
                        web, services (Kafka), fuzz or windows (the tests for Windows, under Wine)
       --full           runs the long proofs whole (about a quarter of an hour)
       --install        installs missing Debian packages with sudo (done without asking when run as root)
  fuzz [ARGUMENT...]    looks for inputs that break a parser; ./build.sh fuzz --help
  bench [ARGUMENT...]   the same as ./culvert bench
  pack                  makes the NuGet packages in artifacts/package

Examples:
  ./build.sh test
  ./build.sh test collector --full
  ./build.sh fuzz otlp query --for 10m
TEXT
}

build() {
    dotnet build Culvert.slnx -v quiet -nologo -p:UseSharedCompilation=true
}

install_needs() {
    local missing=() command
    for command in "${!needs[@]}"; do
        [[ -n "$(PATH="$PATH:/usr/sbin:/sbin" command -v "$command" || true)" ]] || missing+=("${needs[$command]}")
    done
    local library
    for library in "${!library_needs[@]}"; do
        PATH="$PATH:/usr/sbin:/sbin" ldconfig -p 2>/dev/null | grep -q "$library" || missing+=("${library_needs[$library]}")
    done
    [[ ${#missing[@]} -gt 0 ]] || return 0
    mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)

    local line="apt-get install -y --no-install-recommends ${missing[*]}"
    if ! command -v apt-get >/dev/null; then
        echo "Not here, so that some tests skip: ${missing[*]}"
    elif [[ $(id -u) -eq 0 ]]; then
        echo "Installing ${missing[*]}"
        # A package that cannot be had makes its tests skip; it does not stop the others.
        { apt-get update -q && DEBIAN_FRONTEND=noninteractive $line; } >artifacts/apt.log 2>&1 ||
            { tail -n 5 artifacts/apt.log; echo "Not all could be installed; the tests that need them skip."; }
    elif [[ $install == yes ]]; then
        sudo sh -c "apt-get update -q && DEBIAN_FRONTEND=noninteractive $line"
    else
        echo "Some tests will skip. To run them all:  sudo $line"
    fi
}

find_services() {
    local services=../shared/services
    [[ -d $services ]] || return 0
    services=$(cd "$services" && pwd)
    export KAFKA_HOME=${KAFKA_HOME:-$services/kafka} OPENSEARCH_HOME=${OPENSEARCH_HOME:-$services/opensearch} OPA=${OPA:-$services/opa}
}

count_of() { # count_of WORD FILE: the number behind WORD in the runner's summary, 0 without one
    sed -nE "s/^ *$1: ([0-9]+).*/\1/p" "$2" | tail -n 1 | grep . || echo 0
}

add_counts() { # add_counts NAME LOG CODE: adds what the summary in a log says to the totals
    local name=$1 log=$2 code=$3
    if ! grep -q 'Test run summary' "$log" || { [[ $code -ne 0 ]] && [[ $(count_of failed "$log") -eq 0 ]]; }; then
        echo "The suite '$name' ended with $code before its summary; the whole log is $log." | tee -a "$failures"
        failed=$((failed + 1))
    fi
    passed=$((passed + $(count_of succeeded "$log")))
    failed=$((failed + $(count_of failed "$log")))
    skipped=$((skipped + $(count_of skipped "$log")))
    # What failed and why: up to the next test's line or the summary.
    awk -v suite="$name" '/^(failed|passed|skipped) |^Test run summary/ { on = /^failed:? / }
        /^failed:? / { print "In the suite \047" suite "\047:" } on' "$log" >>"$failures"
}

run_windows() { # the tests for Windows, published for it and run under Wine; adds to the totals
    local log=artifacts/test-windows.log missing code=0
    echo "== windows"
    missing=$(tests/windows.sh missing | paste -sd, | sed 's/,/ and /g')
    if [[ -n $missing ]]; then
        echo "Skipped: the tests for Windows need $missing."
        skipped=$((skipped + 1))
        return
    fi
    { tests/windows.sh publish && tests/windows.sh run; } >"$log" 2>&1 || code=$?
    tail -n 200 "$log"
    add_counts windows "$log" "$code"
}

run_fuzz() { # every fuzz target for a moment, or for a minute with --full; adds to the totals
    local log=artifacts/test-fuzz.log code=0
    echo "== fuzz"
    "$fuzz" --for "$([[ -n ${CULVERT_TEST_FULL:-} ]] && echo 60s || echo 3s)" >"$log" 2>&1 || code=$?
    tail -n 200 "$log"
    add_counts fuzz "$log" "$code"
}

run_suite() { # run_suite NAME: runs one suite, adds to the totals
    local name=$1 project=${suites[$1]} log=artifacts/test-$1.log code=0
    local executable=artifacts/bin/$project/debug/$project temp
    echo "== $name"
    # A folder for temporary files of its own shows what a suite leaves behind. Its name is short, since Unix sockets
    # lie in it, and other users' processes may use it.
    temp=$(mktemp -d "${TMPDIR:-/tmp}/cvt-XXXXXX")
    chmod 1777 "$temp"
    # A shell's background job ignores Ctrl-C, and so would the programs that the tests interrupt.
    TMPDIR=$temp env --default-signal=INT "$executable" --no-progress --no-ansi >"$log" 2>&1 || code=$?
    # 8 is the runner's word for 'nothing to run', which is never right here.
    grep -vE '^(xUnit|Running tests from|$)' "$log" | grep -vE '^(skipped|passed) ' | tail -n 200 || true
    add_counts "$name" "$log" "$code"
    find_leftovers "$name" "$temp"
}

find_leftovers() { # find_leftovers NAME FOLDER: a suite that leaves temporary files behind fails; removes the folder
    local left
    # Sockets of the runtime stay behind when a test kills its process; that is the runtime's affair.
    left=$(find "$2" -mindepth 1 -maxdepth 1 ! -name 'dotnet-diagnostic-*' ! -name 'clr-debug-pipe-*' -printf '%f ')
    rm -rf "$2"
    [[ -n $left ]] || return 0
    echo "The suite '$1' left in its folder for temporary files: $left" | tee -a "$failures"
    failed=$((failed + 1))
}

test_all() {
    local names=()
    install=no
    for argument in "$@"; do
        case $argument in
            --install) install=yes ;;
            --full) export CULVERT_TEST_FULL=1 ;;
            -*) echo "build.sh: '$argument' is no option of test; see ./build.sh help" >&2; exit 2 ;;
            *) [[ -n ${suites[$argument]:-} || $argument == windows || $argument == fuzz ]] ||
                   { echo "build.sh: '$argument' is no suite; there are: ${suite_order[*]}" >&2; exit 2; }
               names+=("$argument") ;;
        esac
    done
    [[ ${#names[@]} -gt 0 ]] || names=("${suite_order[@]}")

    mkdir -p artifacts
    install_needs
    find_services
    build

    passed=0 failed=0 skipped=0
    : >"$failures"
    for name in "${names[@]}"; do
        case $name in
            windows) run_windows ;;
            fuzz) run_fuzz ;;
            *) run_suite "$name" ;;
        esac
    done
    echo
    # Said again where a reader of a long output looks first: at its end.
    [[ ! -s $failures ]] || { echo "What failed:"; tail -n 200 "$failures"; echo; }
    echo "$passed passed, $failed failed, $skipped skipped"
    [[ $failed -eq 0 && $passed -gt 0 ]]
}

case ${1:-help} in
    build) build ;;
    test) shift; test_all "$@" ;;
    fuzz) shift; dotnet build tests/Culvert.Fuzz -v quiet -nologo -p:UseSharedCompilation=true && exec "$fuzz" "$@" ;;
    bench) shift; exec ./culvert bench "$@" ;;
    pack) for project in src/Culvert src/Culvert.Logging; do dotnet pack "$project" -c Release -v quiet -nologo; done ;;
    help | --help | -h) help ;;
    *) echo "build.sh: '$1' is no command; see ./build.sh help" >&2; exit 2 ;;
esac
