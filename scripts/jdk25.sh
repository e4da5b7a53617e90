# Finds a JDK 25 or newer. To be sourced by a POSIX shell, which it leaves as it was but for names that begin with jdk_.
#
#   find_jdk25 javac    sets jdk_home to the folder of a JDK that can build, and jdk_version
#   find_jdk25 java     to one that can at least run
#
# Looked at, in this order: LITESTREAM_JAVA_HOME (if it is set, nothing else is), JAVA_HOME, the java on the PATH; then,
# of all that are in the usual folders, the one with the lowest version from 25 on. Returns 1 after one line on standard
# error if there is none.

# For MAVEN_OPTS where Maven runs on jdk_home: without them Maven's own libraries get warnings from a new JVM.
jdk_maven_options='--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED'

# Sets jdk_major and jdk_version to those of the JDK in folder $1, to 0 and nothing if there is none.
jdk_read_version() {
    jdk_major=0
    jdk_version=
    [ -x "$1/bin/java" ] || return 0
    if [ -r "$1/release" ]; then
        # Every OpenJDK build has this file; reading it costs no process.
        while IFS= read -r jdk_line || [ -n "$jdk_line" ]; do
            case $jdk_line in
                JAVA_VERSION=*)
                    jdk_version=${jdk_line#JAVA_VERSION=}
                    jdk_version=${jdk_version#\"}
                    jdk_version=${jdk_version%%\"*}
                    ;;
            esac
        done < "$1/release"
    fi
    if [ -z "$jdk_version" ]; then
        jdk_version=$("$1/bin/java" -version 2>&1 | sed -n 's/^[^"]* version "\([^"]*\)".*/\1/p' | head -n 1)
    fi
    jdk_major=${jdk_version#1.}
    jdk_major=${jdk_major%%[!0-9]*}
    jdk_major=${jdk_major:-0}
}

# Succeeds if the JDK in folder $1 will do; else remembers what is wrong with the best one seen so far.
jdk_fits() {
    jdk_read_version "$1"
    [ "$jdk_major" -gt 0 ] || return 1
    if [ "$jdk_major" -ge 25 ]; then
        if [ -x "$1/bin/$jdk_tool" ]; then
            return 0
        fi
        jdk_without_tool=$1
    elif [ "$jdk_major" -gt "$jdk_older_major" ]; then
        jdk_older_major=$jdk_major
        jdk_older="$jdk_version in $1"
    fi
    return 1
}

# Sets jdk_home to the folder of the java on the PATH, or to nothing.
jdk_on_path() {
    jdk_home=$(command -v java) || return 0
    jdk_home=$(readlink -f "$jdk_home" 2> /dev/null || printf '%s' "$jdk_home")
    jdk_home=${jdk_home%/bin/java}
}

# Sets jdk_home to the one of the usual folders with the lowest version that will do, or to nothing.
jdk_in_usual_folders() {
    jdk_home=
    jdk_lowest=0
    for jdk_folder in /usr/lib/jvm/* "${HOME:-/}"/.sdkman/candidates/java/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if jdk_fits "$jdk_folder" && { [ "$jdk_lowest" -eq 0 ] || [ "$jdk_major" -lt "$jdk_lowest" ]; }; then
            jdk_lowest=$jdk_major
            jdk_home=$jdk_folder
        fi
    done
}

jdk_complain() {
    jdk_way_out='install one (Temurin 25, or your system'\''s openjdk-25-jdk) or set LITESTREAM_JAVA_HOME to its folder'
    if [ -n "$jdk_without_tool" ]; then
        jdk_found="Java in $jdk_without_tool has no $jdk_tool: it can run programs but not build them"
    elif [ -n "$jdk_older" ]; then
        jdk_found="the newest found is $jdk_older"
    else
        jdk_found='none found in LITESTREAM_JAVA_HOME, JAVA_HOME, on the PATH, in /usr/lib/jvm, ~/.sdkman/candidates/java'
        jdk_found="$jdk_found or /Library/Java/JavaVirtualMachines"
    fi
    printf 'litestream4j: needs a JDK 25 or newer; %s; %s\n' "$jdk_found" "$jdk_way_out" >&2
}

find_jdk25() {
    jdk_tool=$1
    jdk_older=
    jdk_older_major=0
    jdk_without_tool=
    if [ -n "${LITESTREAM_JAVA_HOME:-}" ]; then
        jdk_home=$LITESTREAM_JAVA_HOME
        jdk_fits "$jdk_home" && return 0
        if [ "$jdk_major" -eq 0 ]; then
            jdk_found='has no bin/java'
        elif [ -n "$jdk_without_tool" ]; then
            jdk_found="has no bin/$jdk_tool"
        else
            jdk_found="is Java $jdk_version"
        fi
        printf 'litestream4j: LITESTREAM_JAVA_HOME=%s %s; set it to the folder of a JDK 25 or newer, or unset it\n' \
            "$jdk_home" "$jdk_found" >&2
        return 1
    fi
    jdk_home=${JAVA_HOME:-}
    [ -n "$jdk_home" ] && jdk_fits "$jdk_home" && return 0
    jdk_on_path
    [ -n "$jdk_home" ] && jdk_fits "$jdk_home" && return 0
    jdk_in_usual_folders
    if [ -n "$jdk_home" ]; then
        jdk_read_version "$jdk_home" # The last one read was another.
        return 0
    fi
    jdk_complain
    return 1
}
