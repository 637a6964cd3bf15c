# Sourced by the scripts that unpack Debian's packages under .cache, without installing anything.

updated=0

# update: fetches Debian's lists once, where that is allowed.
update() { ((EUID == 0 && updated == 0)) && updated=1 && timeout 180 apt-get update -qq >/dev/null 2>&1; }

# fetch FOLDER PACKAGE...: all of the packages unpacked into FOLDER, or none.
fetch() {
    local into=$1 work deb
    shift
    work=$(mktemp -d)
    # Where apt is root it fetches as its own user, who has to be able to write here.
    chmod 755 "$work"
    download() { (cd "$work" && timeout 300 apt-get download -qq -o APT::Sandbox::User=root "$@") >/dev/null 2>&1; }
    if ! download "$@" && ! { update && download "$@"; }; then
        rm -rf "$work"
        return 1
    fi
    mkdir -p "$into"
    for deb in "$work"/*.deb; do dpkg-deb -x "$deb" "$into"; done
    rm -rf "$work"
}

# is_debian: whether packages can be fetched and unpacked here.
is_debian() { command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; }
