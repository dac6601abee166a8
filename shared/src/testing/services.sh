# Runs Postgres and Redis in the folder $1 for as long as a test holds the lock
# file there, then stops them and removes the folder.
set -u
folder=$1
postgres_port=$2
redis_port=$3

# Postgres refuses to run as root.
as_user=""
if [ "$(id -u)" = 0 ]; then
    owner=$(id -un postgres 2>/dev/null || echo nobody)
    chown "$owner" "$folder/postgres"
    as_user="setpriv --reuid=$owner --regid=$(id -gn "$owner") --clear-groups"
fi
programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
PATH=${programs:+$programs:}$PATH
export PATH LC_ALL=C
cd "$folder/postgres" || exit 1

$as_user initdb --pgdata=data --username=roleready --auth=trust --encoding=UTF8 --no-sync >initdb.log 2>&1 || exit 1
# Nothing here outlives the tests, so nothing needs to reach the disk.
$as_user postgres -D data -p "$postgres_port" -h 127.0.0.1 -k "$folder/postgres" \
    -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=400 >postgres.log 2>&1 &
postgres=$!
redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --appendonly no --dir "$folder" >"$folder/redis.log" 2>&1 &
redis=$!

stop() {
    kill "$postgres" "$redis" 2>/dev/null
    wait
    rm -rf "$folder"
    exit 0
}
trap stop TERM INT

# Tests start one after another: only a longer silence means that none is left.
quiet=0
while [ "$quiet" -lt 10 ]; do
    sleep 1
    if flock --nonblock --exclusive "$folder/lock" true; then quiet=$((quiet + 1)); else quiet=0; fi
    kill -0 "$postgres" 2>/dev/null && kill -0 "$redis" 2>/dev/null || stop
done
stop
