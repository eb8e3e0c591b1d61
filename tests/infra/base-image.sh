#!/usr/bin/env bash
# base-image.sh NAME: a base image as small as dotnet/aspnet, made of what this machine has installed, for machines that reach no
# registry of images. BUILDAH is buildah with its options.
set -euo pipefail
read -ra buildah <<<"${BUILDAH:-buildah}"
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
runtime=$(printf '%s\n' "$dotnet"/shared/Microsoft.NETCore.App/10.* | sort -V | tail -n 1)

# What the runtime links against, and what it looks for by name: ICU, OpenSSL, zlib.
named=$(ldconfig -p | grep -oE '/[^ ]*/lib(icu(data|i18n|uc)|ssl|crypto|z)\.so\.[0-9]+$')
linked() { { printf '%s\n' "$@" && ldd "$@" 2>/dev/null; } | grep -oE '/[^ :]*\.so[^ :]*' | grep -v "^$dotnet" | sort -u; }

container=$("${buildah[@]}" from scratch)
root=$("${buildah[@]}" mount "$container")
mkdir -p "$root"/{etc,tmp,proc,dev,sys,usr/bin,usr/lib,usr/lib64,usr/share/dotnet/shared}
ln -s usr/lib "$root/lib"
ln -s usr/lib64 "$root/lib64"
ln -s usr/bin "$root/bin"
chmod 1777 "$root/tmp"
# shellcheck disable=SC2086 # a list of files
linked $named "$dotnet/dotnet" "$runtime"/*.so /bin/bash | while read -r library; do
  mkdir -p "$root$(dirname "$library")"
  cp --dereference "$library" "$root$library"
done
cp /bin/bash "$root/usr/bin/"
cp -r "$dotnet/dotnet" "$dotnet/host" "$root/usr/share/dotnet/"
for framework in NETCore AspNetCore; do
  version=$(printf '%s\n' "$dotnet/shared/Microsoft.$framework.App"/10.* | sort -V | tail -n 1)
  mkdir -p "$root/usr/share/dotnet/shared/Microsoft.$framework.App"
  cp -r "$version" "$root/usr/share/dotnet/shared/Microsoft.$framework.App/"
done
ln -s /usr/share/dotnet/dotnet "$root/usr/bin/dotnet"
printf 'root:x:0:0::/:/bin/bash\napp:x:1654:1654::/:/bin/bash\n' >"$root/etc/passwd"
"${buildah[@]}" umount "$container" >/dev/null
"${buildah[@]}" config --env DOTNET_RUNNING_IN_CONTAINER=true --env ASPNETCORE_HTTP_PORTS=8080 "$container"
"${buildah[@]}" commit --quiet --rm --disable-compression "$container" "$1" >/dev/null
