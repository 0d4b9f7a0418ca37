#!/bin/sh
# Writes plain lines to a collector's Unix socket: backup.sh SOCKET. Needs socat, nc with -U, or python3.
set -eu
socket=${1:?"usage: backup.sh SOCKET (culvert up prints it)"}

to_socket() {
    if command -v socat >/dev/null; then
        socat -u - "UNIX-CONNECT:$socket"
    elif nc -h 2>&1 | grep -q -- '-U'; then
        nc -N -U "$socket"
    else
        python3 -c '
import socket, sys
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(sys.argv[1])
    for line in sys.stdin.buffer:
        connection.sendall(line)
    connection.shutdown(socket.SHUT_WR)
    connection.recv(1)' "$socket"
    fi
}

{
    echo "INFO backup: started by $(id -un)"
    for folder in /etc /var /usr /opt; do
        [ -d "$folder" ] || { echo "WARN backup: $folder is not there"; continue; }
        echo "INFO backup: $folder has $(find "$folder" -maxdepth 1 | wc -l) entries"
    done
    echo "ERROR backup: no space on the tape"
    echo "INFO backup: done"
} | to_socket
