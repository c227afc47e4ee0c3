#!/usr/bin/env bash
# How a script uses `ali-sts emulator`, with curl, openssl and jq alone: it signs AssumeRole (RPC, HMAC-SHA1) and requests to
# OSS (V1) by itself. Secrets are in argument lists here, where other users of a machine see them: for an emulator's only.
set -euo pipefail
export LC_ALL=C

# Once it listens it says on one line of JSON where everything is. What it refuses it explains on standard error.
coproc EMULATOR { exec "${ALI_STS:-ali-sts}" emulator; }
emulator=$EMULATOR_PID
trap 'kill "$emulator"; wait "$emulator" || true' EXIT
read -r ready <&"${EMULATOR[0]}"

of() { jq -r ".$1" <<<"$ready"; }
# jq before 1.7 leaves some signs as they are.
encode() { jq -rn --arg text "$1" '$text | @uri' | sed "s/!/%21/g; s/'/%27/g; s/(/%28/g; s/)/%29/g; s/\*/%2A/g"; }
hmac_sha1() { openssl dgst -sha1 -hmac "$1" -binary | base64; }

policy=$(jq -nc --arg bucket "$(of bucket)" '{Version: "1", Statement: [
  {Effect: "Allow", Action: ["oss:PutObject", "oss:GetObject"], Resource: ["acs:oss:*:*:" + $bucket + "/reports/*"]}]}')

# Sorted by name, as they are signed.
query=$(
  while IFS='=' read -r name value; do
    printf '&%s=%s' "$name" "$(encode "$value")"
  done <<END
AccessKeyId=$(of access_key_id)
Action=AssumeRole
DurationSeconds=900
Format=JSON
Policy=$policy
RoleArn=$(of role_arn)
RoleSessionName=example
SignatureMethod=HMAC-SHA1
SignatureNonce=$(openssl rand -hex 16)
SignatureVersion=1.0
Timestamp=$(date -u +%Y-%m-%dT%H:%M:%SZ)
Version=2015-04-01
END
)
query=${query#&}
signature=$(printf 'POST&%%2F&%s' "$(encode "$query")" | hmac_sha1 "$(of access_key_secret)&")
session=$(curl -sS --fail-with-body --noproxy '*' -d "$query&Signature=$(encode "$signature")" "$(of sts)")
key_id=$(jq -r .Credentials.AccessKeyId <<<"$session")
key_secret=$(jq -r .Credentials.AccessKeySecret <<<"$session")
token=$(jq -r .Credentials.SecurityToken <<<"$session")

# oss METHOD KEY [CURL'S ARGUMENTS]
oss() {
  local method=$1 path date signature
  path=/$(of bucket)/$2
  shift 2
  date=$(date -u '+%a, %d %b %Y %H:%M:%S GMT')
  signature=$(printf '%s\n\n\n%s\nx-oss-security-token:%s\n%s' "$method" "$date" "$token" "$path" | hmac_sha1 "$key_secret")
  curl -sS --noproxy '*' -X "$method" -H "Date: $date" -H "x-oss-security-token: $token" \
    -H "Authorization: OSS $key_id:$signature" -H 'Content-Type:' "$@" "$(of oss)$path"
}

oss PUT reports/today.txt --data-binary 'all is well'
echo "allowed: $(oss GET reports/today.txt)"
code=$(oss GET hello.txt -w '\n%{http_code}')
echo "refused: ${code##*$'\n'} $(sed -n 's/.*<Code>\(.*\)<\/Code>.*/\1/p' <<<"$code")"
