# Fanfare in a container: built from this folder, and installed as the Debian package that it makes.
#
#   docker build --tag fanfare .
#   docker run --publish 8080:8080 --ulimit nofile=1048576 --stop-timeout 30 fanfare

FROM debian:12 AS build
WORKDIR /fanfare
COPY tools/bazel tools/debian_packages.txt tools/install_packages tools/
RUN apt-get update \
    && CI=1 tools/install_packages build \
    && rm -rf /var/lib/apt/lists/*
COPY . .
RUN tools/bazel build --compilation_mode=opt //packaging:deb \
    && mkdir /package \
    && cp bazel-bin/packaging/fanfare_*.deb /package/fanfare.deb

FROM debian:12-slim
RUN --mount=type=bind,from=build,source=/package,target=/package \
    apt-get update \
    && apt-get install --yes --no-install-recommends systemd-standalone-sysusers /package/fanfare.deb \
    && rm -rf /var/lib/apt/lists/*
COPY packaging/docker.json /etc/fanfare/fanfare.json

USER fanfare
EXPOSE 8080
# What /healthz answers; the image has no curl.
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/8081 && printf 'GET /healthz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r answer <&3 && [[ ${answer} == *' 200 '* ]]"]
# It closes its sessions within limits.shutdown_seconds, so it may need more than Docker's 10 s if
# that is raised.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/fanfare"]
CMD ["--config=/etc/fanfare/fanfare.json"]
