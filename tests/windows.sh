#!/usr/bin/env bash
# Runs the tests for Windows under Wine; `./build.sh test windows` calls it. Usage:
#   tests/windows.sh missing              says what is not here, and nothing when all is
#   tests/windows.sh publish              publishes the tests for win-x64 into artifacts/publish
#   tests/windows.sh run [PROJECT[/CLASS]]... [parts] [collector] [service]   runs published tests in a Wine of its own;
#       CLASS may have * at its ends; parts is those of the collector's tests that touch the system; collector is
#       the collector itself, with records over each transport; service is the collector as a service of Windows
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

projects=(Culvert.Tests Culvert.CrossProcess.Tests)
# Of the collector's tests these run, each namespace in one process: what touches files, sockets and the system. Most
# others work on bytes and texts alone, or start programs of Linux.
parts=(Configuration Intake Inputs.Files Inputs.Journals Outputs Spool Store Web)
# These work on bytes alone. The first throws thousands of times, the second skips where librdkafka is missing, and
# under Wine 8 such a process does not end.
not_under_wine=(--filter-not-class '*.LayoutTests' --filter-not-class '*.KafkaTests')
limit_seconds=780          # For all of it, also where other work takes half of the machine.
class_limit_seconds=75     # For one class.
journals_limit_seconds=150 # For those of journals, which start one program after another.
[[ ${CULVERT_TEST_FULL:-} != 1 ]] || journals_limit_seconds=600
attempts_max=3

missing() {
    command -v wine >/dev/null || echo "Wine (the packages wine and wine64)"
    command -v xvfb-run >/dev/null || echo "xvfb-run (the packages xvfb and xauth)"
}

# Loose files: Wine 8 cannot load an ordinary single-file program.
publish() {
    local project
    for project in tests/Culvert.TestPeer src/Culvert.Cli tests/Culvert.Collector.Tests "${projects[@]/#/tests/}"; do
        dotnet publish "$project" -c Debug -r win-x64 --self-contained -p:PublishSingleFile=false \
            -p:UseSharedCompilation=true -v quiet -nologo
    done
}

prepare_wine() { # prepare_wine FOLDER: a Wine that takes itself for Windows 10 and runs .NET
    export WINEPREFIX=$1 WINEDEBUG=-all
    # No menu entries in the home of whoever tests, and no debugger that keeps a crashed program for minutes.
    export WINEDLLOVERRIDES='winemenubuilder.exe=d;winedbg.exe=d'
    export DOTNET_EnableWriteXorExecute=0
    # Wine 8 cannot suspend a thread as reliably as .NET's collector needs it (docs/windows.md). So it is seldom asked
    # to: nothing is compiled again, pool threads stay, and the first generation is large.
    export DOTNET_TC_CallCountingDelayMs=0xffffff DOTNET_ThreadPool_ThreadsToKeepAlive=0x7fff
    export DOTNET_ThreadPool_ForceMinWorkerThreads=0x40
    export DOTNET_gcConcurrent=0 DOTNET_GCgen0size=0x10000000 DOTNET_GCGen0MaxBudget=0x10000000

    WINEDLLOVERRIDES="$WINEDLLOVERRIDES;mscoree,mshtml=" timeout 120 wine wineboot --init
    timeout 60 wine reg add 'HKCU\Software\Wine' /v Version /d win10 /f
    # Services have their variables from the registry, not from whoever started Wine.
    local name
    for name in "${!DOTNET_@}"; do
        timeout 60 wine reg add 'HKLM\System\CurrentControlSet\Control\Session Manager\Environment' \
            /v "$name" /d "${!name}" /f
    done
}

end_wine() {
    wineserver -k || true
    wineserver -w || true
    rm -rf "$WINEPREFIX"
}

count_of() {
    sed -nE "s/^ *$1: ([0-9]+).*/\1/p" "$2" | tail -n 1 | grep . || echo 0
}

# Each class has a process of its own, so that a runtime that breaks down takes one class with it. One that broke down
# without a summary is started again; one whose tests failed is not.
run_class() { # run_class EXECUTABLE CLASS [--filter-namespace [OPTION...]]
    local log attempt code seconds=$SECONDS
    log=$(mktemp "$WINEPREFIX/log-XXXXXX")
    for ((attempt = 1; ; attempt++)); do
        code=0
        timeout -k 5 "$class_limit_seconds" wine "$1" --no-progress --no-ansi --parallel none "${3:---filter-class}" "$2" \
            --filter-not-trait system=linux --xunit-diagnostics on --long-running 30 "${@:4}" \
            </dev/null >"$log" 2>&1 || code=$?
        # What one class leaves in Wine's services kept COM of a later one from answering.
        wineserver -k || true
        wineserver -w || true
        if grep -q 'Test run summary' "$log"; then break; fi
        broken=$((broken + 1))
        echo "The runtime broke down under Wine in $2 (exit $code, attempt $attempt):" \
            "$({ grep -a -m1 -A1 '^Fatal' "$log"; grep -a '^.Long Running' "$log" | tail -n 1; } | tr '\r\n' '  ')"
        if ((attempt == attempts_max || SECONDS > limit_seconds)); then failed=$((failed + 1)); return; fi
    done
    grep -aE -A20 '^failed ' "$log" || true
    echo "$2: $(count_of succeeded "$log") passed, $(count_of failed "$log") failed," \
        "$(count_of skipped "$log") skipped in $((SECONDS - seconds)) s"
    passed=$((passed + $(count_of succeeded "$log")))
    failed=$((failed + $(count_of failed "$log")))
    skipped=$((skipped + $(count_of skipped "$log")))
}

run() {
    if [[ -z ${DISPLAY:-} ]]; then exec xvfb-run -a "$0" run "$@"; fi
    local project executable class prefix wanted=("$@")
    [[ ${#wanted[@]} -gt 0 ]] || wanted=("${projects[@]}" collector service parts)
    prefix=$(mktemp -d "${TMPDIR:-/tmp}/culvert-wine-XXXXXX")
    trap end_wine EXIT
    export WINEPREFIX=$prefix
    prepare_wine "$prefix" >/dev/null 2>&1 || { echo "Wine could not make its folder $prefix."; return 1; }

    passed=0 failed=0 skipped=0 broken=0
    for project in "${wanted[@]}"; do
        local filter='*'
        if [[ $project == collector || $project == service || $project == parts ]]; then "run_$project"; continue; fi
        [[ $project != */* ]] || { filter=${project#*/}; project=${project%%/*}; }
        executable=artifacts/publish/$project/debug_win-x64/$project.exe
        for class in $(classes_of "$executable" "$project" "$filter"); do
            if ((SECONDS > limit_seconds)); then
                echo "$class did not run: the limit of $limit_seconds seconds is over."
                failed=$((failed + 1))
            else
                run_class "$executable" "$class"
            fi
        done
    done

    echo
    echo "Test run summary: Windows under $(wine --version), $broken breakdowns of the runtime"
    printf '  succeeded: %d\n  failed: %d\n  skipped: %d\n' "$passed" "$failed" "$skipped"
    [[ $failed -eq 0 && $passed -gt 0 ]]
}

start_collector() { # starts a collector and leaves its process in $collector, its endpoints in $said
    local line
    exec 3< <(exec timeout -k 5 "$class_limit_seconds" wine "$culvert" up --data "$folder" --http 127.0.0.1:0 \
        --listen tcp://127.0.0.1:0 --listen "copydata://culvert-test-$$" --listen "pipe://culvert-test-$$" \
        </dev/null 2>&1)
    collector=$!
    said=
    while [[ -z $said ]] && read -r -t 60 -u 3 line; do
        if [[ $line == ready* ]]; then said=${line%$'\r'}; else echo "collector: ${line%$'\r'}"; fi
    done
}

# The collector itself: a program of Windows sends it records over each transport; a collector that was killed has them.
run_collector() {
    local culvert=artifacts/publish/Culvert.Cli/debug_win-x64/Culvert.Cli.exe folder="$WINEPREFIX/collector"
    local collector said endpoint counts records=1000
    start_collector
    for endpoint in $said; do
        [[ $endpoint == tcp:* || $endpoint == copydata:* || $endpoint == pipe:* ]] || continue
        seq "$records" | timeout 60 wine "$culvert" send --timeout 20s --to "$endpoint" || true
    done
    wineserver -k -9 || true
    wait "$collector" || true
    start_collector
    counts=$(timeout 60 wine "$culvert" stats --data "$folder" | tr -d '\r') || true
    echo "$counts"
    for endpoint in listen1 listen2 listen3; do
        if grep -qE "^$endpoint +1,000 +0 +0 +1,000 " <<<"$counts"; then passed=$((passed + 1)); else
            echo "failed: the collector does not have $records records of $endpoint, as it should after it was killed"
            failed=$((failed + 1))
        fi
    done
    wineserver -k || true
    wait "$collector" || true
}

service_is() { # service_is STATE: waits for it; each question takes a tenth of a second by itself
    local attempt
    for ((attempt = 0; attempt < 200; attempt++)); do
        timeout 60 wine sc query Culvert </dev/null >"$WINEPREFIX/service" || true
        if grep -q "STATE.* $1" "$WINEPREFIX/service"; then return 0; fi
    done
    echo "failed: the service did not become $1:"
    cat "$WINEPREFIX/service" "$folder/service.log"
    return 1
}

# A service that Wine's service manager starts and stops: twice, with records each time, none of which may be lost.
service_takes_records() {
    local round endpoint records=1000
    for round in 1 2; do
        timeout 60 wine sc start Culvert </dev/null >/dev/null || true
        service_is RUNNING || return 1
        endpoint=$(grep -o 'ready tcp:[^ ]*' "$folder/service.log" | tail -n 1 | cut -d ' ' -f 2)
        seq "$records" | timeout 60 wine "$culvert" send --timeout 20s --to "$endpoint" || return 1
        timeout 60 wine sc stop Culvert </dev/null >/dev/null || true
        service_is STOPPED || return 1
        grep -q 'WIN32_EXIT_CODE.* 0 ' "$WINEPREFIX/service" || { cat "$WINEPREFIX/service"; return 1; }
    done
    timeout 60 wine "$culvert" stats --data "$folder" </dev/null | tr -d '\r' | tee "$WINEPREFIX/counts"
    grep -qE '^stdin +2,000 +0 +0 +2,000 ' "$WINEPREFIX/counts"
}

# One that cannot start says why in its file and gives the manager its exit code.
service_says_why() {
    timeout 60 wine sc delete Culvert </dev/null >/dev/null || true
    make_service --listen nonsense://127.0.0.1:0
    timeout 60 wine sc start Culvert </dev/null >/dev/null || true
    service_is STOPPED || return 1
    grep -q 'SERVICE_EXIT_CODE.* 2 ' "$WINEPREFIX/service" || { cat "$WINEPREFIX/service"; return 1; }
    tail -n 1 "$folder/service.log" | grep nonsense
}

run_parts() {
    local part name=Culvert.Collector.Tests limit=$class_limit_seconds class_limit_seconds
    for part in "${parts[@]}"; do
        if ((SECONDS > limit_seconds)); then
            echo "$part did not run: the limit of $limit_seconds seconds is over."
            failed=$((failed + 1))
        else
            class_limit_seconds=$limit
            [[ $part != Inputs.Journals ]] || class_limit_seconds=$journals_limit_seconds
            run_class "artifacts/publish/$name/debug_win-x64/$name.exe" "$name.$part" --filter-namespace \
                "${not_under_wine[@]}"
        fi
    done
}

make_service() { # make_service OPTION...
    timeout 60 wine sc create Culvert binPath= "\"$(winepath -w "$culvert")\" up --service \
--data $(winepath -w "$folder") --http 127.0.0.1:0 $*" start= demand </dev/null
}

run_service() {
    local culvert=artifacts/publish/Culvert.Cli/debug_win-x64/Culvert.Cli.exe folder="$WINEPREFIX/service-data" part
    # A Wine that has read its registry since prepare_wine wrote there; and it ends its services with the last program
    # that is no service.
    wineserver -k || true
    wineserver -w || true
    exec 4> >(exec wine cmd >/dev/null 2>&1)
    make_service --listen tcp://127.0.0.1:0
    for part in service_takes_records service_says_why; do
        if "$part"; then passed=$((passed + 1)); else
            echo "failed: $part"
            failed=$((failed + 1))
        fi
    done
    exec 4>&-
    wineserver -k || true
}

classes_of() { # classes_of EXECUTABLE PROJECT FILTER
    local attempt list=''
    for ((attempt = 1; attempt <= attempts_max && ${#list} == 0; attempt++)); do
        list=$(timeout -k 5 60 wine "$1" --list-tests --no-ansi \
            --filter-class "$3" --filter-not-trait system=linux </dev/null 2>/dev/null |
            sed -nE "s/\(.*//; s/^ +($2\.[A-Za-z0-9_.]+)\.[A-Za-z0-9_]+.*/\1/p" | sort -u) || true
    done
    echo "$list"
}

"$@"
