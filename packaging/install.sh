#!/bin/bash
# Lays out what is installed of Fanfare.
#
#   tools/bazel run -c opt //packaging:install -- [OPTION...]
#
#   --destdir=DIR     below this folder, for packages and images; without it, on this system
#   --prefix=DIR      /usr/local unless it is given
#   --sysconfdir=DIR  /etc unless it is given; a configuration that is there is kept
#   --unitdir=DIR     PREFIX/lib/systemd/system unless it is given
#
# Exits with 0 if all is in its place, 1 if not, 2 if called wrongly.
set -euo pipefail
shopt -s inherit_errexit

usage() {
  sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

destdir="" prefix=/usr/local sysconfdir=/etc unitdir=""
for option in "$@"; do
  case "${option}" in
    --destdir=*) destdir="${option#*=}" ;;
    --prefix=/*) prefix="${option#*=}" ;;
    --sysconfdir=/*) sysconfdir="${option#*=}" ;;
    --unitdir=/*) unitdir="${option#*=}" ;;
    *) usage ;;
  esac
done
: "${unitdir:=${prefix}/lib/systemd/system}"
# Bazel runs this in the folder of its runfiles; a relative path is of whoever called Bazel.
if [[ -n ${destdir} && ${destdir} != /* ]]; then
  destdir="${BUILD_WORKING_DIRECTORY:-${PWD}}/${destdir}"
fi
# Where the files are: the runfiles, or the folder in which a rule calls this.
root="${FANFARE_ROOT:-.}"
readonly destdir prefix sysconfdir unitdir root

put() {
  install -D --mode="$1" "$2" "${destdir}$3"
}

# Fills in the folders.
put_filled_in() {
  local filled
  filled="$(sed -e "s|@bindir@|${prefix}/bin|g" -e "s|@sysconfdir@|${sysconfdir}|g" "$1")"
  install -d "${destdir}${2%/*}"
  install --mode=644 /dev/stdin "${destdir}$2" <<<"${filled}"
}

put 755 "${root}/server" "${prefix}/bin/fanfare"
strip --strip-unneeded --remove-section=.comment --remove-section=.note "${destdir}${prefix}/bin/fanfare"

if [[ -e ${destdir}${sysconfdir}/fanfare/fanfare.json ]]; then
  echo "kept: ${destdir}${sysconfdir}/fanfare/fanfare.json"
else
  put 644 "${root}/packaging/fanfare.json" "${sysconfdir}/fanfare/fanfare.json"
fi
put_filled_in "${root}/packaging/fanfare.service.in" "${unitdir}/fanfare.service"
put 644 "${root}/packaging/fanfare.socket" "${unitdir}/fanfare.socket"
put 644 "${root}/packaging/fanfare.sysusers" "${prefix}/lib/sysusers.d/fanfare.conf"
put 644 "${root}/packaging/fanfare.8" "${prefix}/share/man/man8/fanfare.8"
put 644 "${root}/packaging/README.md" "${prefix}/share/doc/fanfare/README.md"
put 644 "${root}/packaging/all_settings.json" "${prefix}/share/doc/fanfare/examples/all_settings.json"
put 644 "${root}/core/admin/grafana.json" "${prefix}/share/doc/fanfare/examples/grafana.json"

if [[ -z ${destdir} ]]; then
  echo "installed; now, as root: systemd-sysusers; systemctl daemon-reload; systemctl enable --now fanfare"
fi
