#!/bin/bash
# Makes the Debian package, for //packaging:deb.
#
#   make_deb OUTPUT VERSION INSTALL    in a folder where `install` finds its files
set -euo pipefail
shopt -s inherit_errexit

output="$(realpath "$1")" version="$2" install="$3"
root="${FANFARE_ROOT:-.}"
# Everything in the package is as old as this, so that it depends on what is in it only.
export SOURCE_DATE_EPOCH=1700000000
umask 022
work="$(mktemp -d)"
trap 'rm -rf "${work}"' EXIT
readonly output version install root work tree="${work}/tree"

# The units are where Debian 12 has those of its packages.
"${install}" "--destdir=${tree}" --prefix=/usr --unitdir=/lib/systemd/system
doc="${tree}/usr/share/doc/fanfare"
install --mode=644 "${root}/packaging/debian/copyright" "${doc}/copyright"
sed "s/@version@/${version}/" "${root}/packaging/debian/changelog.in" | gzip -9n >"${doc}/changelog.gz"
gzip -9n "${tree}/usr/share/man/man8/fanfare.8"

# Which packages have the libraries that the program is linked with. It asks for debian/control.
mkdir "${work}/debian"
printf 'Source: fanfare\n\nPackage: fanfare\nArchitecture: any\n' >"${work}/debian/control"
libraries="$(cd "${work}" && dpkg-shlibdeps --warnings=1 -O -e"${tree}/usr/bin/fanfare")"
[[ ${libraries} == shlibs:Depends=?* ]] || {
  echo "make_deb: dpkg-shlibdeps says nothing: ${libraries}" >&2
  exit 1
}

control="${tree}/DEBIAN"
mkdir "${control}"
architecture="$(dpkg --print-architecture)"
size="$(du --summarize --apparent-size --block-size=1024 --exclude=DEBIAN "${tree}" | cut -f1)"
sed -e "s/@version@/${version}/" -e "s/@architecture@/${architecture}/" -e "s/@size@/${size}/" \
  -e "s/@libraries@/${libraries#*=}/" "${root}/packaging/debian/control.in" >"${control}/control"
echo /etc/fanfare/fanfare.json >"${control}/conffiles"
install --mode=755 "${root}"/packaging/debian/{postinst,prerm,postrm} "${control}"
(cd "${tree}" && find . -path ./DEBIAN -prune -o -path ./etc -prune -o -type f -printf '%P\0' |
  sort -z | xargs -0 md5sum) >"${control}/md5sums"

find "${tree}" -exec touch --no-dereference --date="@${SOURCE_DATE_EPOCH}" {} +
dpkg-deb --root-owner-group -Zxz --build "${tree}" "${output}" >/dev/null
