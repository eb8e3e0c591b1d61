# shellcheck shell=bash
# nginx in front of gateways, as infra/proxy says. Needs toolbox.sh.

find_nginx() { PATH=$PATH:/usr/sbin command -v nginx; }

# Debian starts what it installs; this one is only to be there. Whoever needs it starts their own.
need_nginx() {
  find_nginx >/dev/null && return
  install_packages "$1" nginx || return
  as_root service nginx stop >>"$1" 2>&1 || true
}

# proxy_configure FOLDER LISTEN SERVER...: writes FOLDER/nginx.conf.
proxy_configure() {
  local folder=$1 listen=$2 text kind
  shift 2
  mkdir -p "$folder"
  text=$(<infra/proxy/gatehouse.conf.template)
  text=${text//'${PROXY_LISTEN}'/$listen}
  printf '%s\n' "${text//'${GATEWAY_SERVERS}'/$(printf 'server %s max_fails=0; ' "$@")}" >"$folder/gatehouse.conf"
  {
    printf '%s;\n' 'daemon off' "pid '$folder/pid'" 'error_log stderr warn'
    printf 'events { worker_connections 4096; }\nhttp {\n  access_log off;\n'
    for kind in client_body proxy fastcgi uwsgi scgi; do printf "  %s_temp_path '%s';\n" "$kind" "$folder/$kind"; done
    printf "  include '%s';\n}\n" "$folder/gatehouse.conf"
  } >"$folder/nginx.conf"
}
