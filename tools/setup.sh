# What ./quickstart and ./check share: packages and the build. To be sourced from the repository's root.

build=${ASSAY_BUILD:-build}
assay=$build/assay

build_packages='gcc libc6-dev meson ninja-build pkg-config libyaml-dev zlib1g-dev libopenblas-dev'
test_packages="$build_packages libcunit1-dev python3 python3-yaml python3-jsonschema curl strace locales"
# Without it the pages of `assay report` have pictures instead of charts.
chart_packages='libjs-dygraphs'
build_commands='meson ninja pkg-config'
build_libraries='yaml-0.1 zlib openblas'
wanted=$build_packages

need_for_tests() {
    wanted=$test_packages
    build_commands="$build_commands curl"
    build_libraries="$build_libraries cunit"
    test_modules='yaml, jsonschema'
}

# Whether everything that the build (and, if asked for, the tests) needs is there, wherever it came from.
all_there() {
    command -v cc >/dev/null 2>&1 || return 1
    for command in $build_commands; do
        command -v "$command" >/dev/null 2>&1 || return 1
    done
    for library in $build_libraries; do
        pkg-config --exists "$library" || return 1
    done
    [ -z "${test_modules:-}" ] || python3 -c "import $test_modules" 2>/dev/null || /usr/bin/python3 -c "import $test_modules" 2>/dev/null
}

say_what_to_install() {
    cat >&2 <<TEXT
assay needs a C compiler, meson, ninja, pkg-config, libyaml, zlib and OpenBLAS; its tests also CUnit, python3 (PyYAML, jsonschema) and curl.
  Debian, Ubuntu   apt-get install $wanted
  Fedora           dnf install gcc meson ninja-build pkgconf-pkg-config libyaml-devel zlib-devel openblas-devel CUnit-devel python3-pyyaml python3-jsonschema curl
  Arch             pacman -S gcc meson ninja pkgconf libyaml zlib blas-openblas cunit python-yaml python-jsonschema curl
  Homebrew         brew install meson ninja pkgconf libyaml zlib openblas cunit curl && pip3 install pyyaml jsonschema
TEXT
}

install_packages() {
    all_there && return 0
    if command -v apt-get >/dev/null 2>&1; then
        if [ "$(id -u)" = 0 ]; then
            as_root=
        elif command -v sudo >/dev/null 2>&1; then
            as_root=sudo
        else
            say_what_to_install
            exit 1
        fi
        echo "Installing what is missing: $wanted"
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
        # shellcheck disable=SC2086 # a list of words
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $wanted >/dev/null
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $chart_packages >/dev/null 2>&1 || true
    fi
    all_there && return 0
    say_what_to_install
    exit 1
}

# Configures (with meson's options given) and builds $assay, optimised.
build_assay() {
    install_packages
    if [ -f "$build/build.ninja" ]; then
        [ $# = 0 ] || meson configure "$build" "$@" >/dev/null
    else
        meson setup "$build" --buildtype=release "$@" >/dev/null
    fi
    ninja -C "$build" >"$build/build.log" 2>&1 || {
        cat "$build/build.log" >&2
        exit 1
    }
}
