# Sourced by scripts that start the published server: free ports, waiting with a timeout, stopping. Needs only bash.

# free_ports N: prints N different unused ports, below the range that the kernel gives to clients.
free_ports() {
    local found=() port
    while ((${#found[@]} < $1)); do
        port=$((20000 + RANDOM % 12000))
        if [[ " ${found[*]-} " != *" $port "* ]] && ! (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then found+=("$port"); fi
    done
    printf '%s\n' "${found[*]}"
}

# http PORT METHOD PATH [BODY]: prints the whole response, status line first; fails without a connection.
http() {
    local port=$1 method=$2 path=$3 body=${4:-}
    {
        printf '%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' \
            "$method" "$path" "${#body}" "$body" >&5
        cat <&5
    } 2>/dev/null 5<>"/dev/tcp/127.0.0.1/$port"
}

# wait_ready PORT PID SECONDS: waits until /v2/health/ready answers 200; fails when the process ends or the time is over.
wait_ready() {
    local port=$1 pid=$2 deadline=$((SECONDS + $3)) answer
    while kill -0 "$pid" 2>/dev/null && ((SECONDS < deadline)); do
        answer=$(http "$port" GET /v2/health/ready 2>/dev/null | head -n 1) || answer=""
        [[ $answer != "HTTP/1.1 200"* ]] || return 0
        sleep 0.02
    done
    return 1
}

# stop_server PID SECONDS: sends SIGTERM, then SIGKILL when the time is over; returns the server's exit code.
stop_server() {
    local pid=$1 deadline=$((SECONDS + $2))
    kill -TERM "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null; do
        if ((SECONDS >= deadline)); then kill -KILL "$pid" 2>/dev/null || true; fi
        sleep 0.05
    done
    wait "$pid"
}
