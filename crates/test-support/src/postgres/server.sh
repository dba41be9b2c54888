# Parent of the test server: sh -c SCRIPT NAME FOLDER HOME COMMAND…
# Ends the server and removes its folder a few seconds after the last test process is gone (see server.rs).
folder=$1
home=$2
shift 2
"$@" >"$home/log" 2>&1 </dev/null &
server=$!
# The server was started before the locks are opened, so it cannot hold them.
exec 8>>"$folder/users.lock" 9>>"$folder/start.lock"
while sleep 3; do
    kill -0 "$server" 2>/dev/null || break
    flock -x 9
    if flock -n -x 8; then
        [ "$(cat "$folder/state" 2>/dev/null)" = "$home" ] && rm -f "$folder/state"
        kill -INT "$server"
        break
    fi
    flock -u 9
done
wait "$server"
rm -rf "$home"
