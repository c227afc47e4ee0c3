// What every Node script here does: start the emulator, make one call per case, say what the client made of it.

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const require = createRequire(import.meta.url);

/** A client as its own package names it. */
export function clientName(name) {
  return `${name} ${require(`${name}/package.json`).version}`;
}

/** Starts the emulator named on the command line. */
export async function startEmulator() {
  const child = spawn(process.argv[2], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the emulator has stopped');
    return JSON.parse(value);
  };
  const ask = (command) => {
    child.stdin.write(`${command}\n`);
    return answer();
  };
  const start = await answer();
  return {
    url: start.url,
    accessKeyId: start.access_key_id,
    accessKeySecret: start.access_key_secret,
    roleArn: start.role_arn,
    ossUrl: start.oss_url,
    bucket: start.bucket,
    oidcProviderArn: start.oidc_provider_arn,
    oidcToken: start.oidc_token,
    metadata: start.metadata,
    credentialsUri: start.credentials_uri,
    unknownRoleArn: `${start.role_arn}-nobody-made`,
    lastRequest: async () => Buffer.from((await ask('last')).request, 'hex'),
    setClockAhead: (seconds) => ask(`clock ${seconds}`),
    stop: () => child.stdin.end(),
  };
}

/** The cases of one client; `check` prints a line per case. */
export function suite(client) {
  const print = (line) => console.log(JSON.stringify({ client, ...line }));
  return {
    /** `attempt` resolves to a short text that says what the client made of it. */
    async check(name, expected, attempt) {
      let got;
      try {
        got = await attempt();
      } catch (error) {
        got = describe(error);
      }
      print({ case: name, expected, got: String(got) });
    },
    notApplicable: (name, why) => print({ case: name, not_applicable: why }),
  };
}

/** What a client's error is known by. Never its message: that may hold a signed request. */
export function describe(error) {
  return error.code ?? error.name ?? 'an error without a name';
}

/** `credentials` if these are temporary credentials, else what is wrong with them. */
export function judge(credentials) {
  const { AccessKeyId, AccessKeySecret, SecurityToken, Expiration } = credentials ?? {};
  if (!AccessKeyId?.startsWith('STS.')) return 'no temporary access key id';
  if (!AccessKeySecret || !SecurityToken) return 'no secret or no token';
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(Expiration)) return 'no expiration';
  return 'credentials';
}

/** Request line, headers and parameters of captured bytes. */
export function parse(bytes) {
  const [head, body] = bytes.toString('latin1').split(/\r\n\r\n(.*)/s);
  const [requestLine, ...headers] = head.split('\r\n');
  const query = requestLine.split(' ')[1].split('?')[1] ?? '';
  return {
    requestLine,
    headers: Object.fromEntries(headers.map((line) => line.split(/: ?(.*)/s).slice(0, 2))),
    query: new URLSearchParams(query),
    body: new URLSearchParams(body),
    rawBody: body ?? '',
    rawQuery: query,
  };
}

/** Sends captured bytes again, as they are, and says what came back: `400 SignatureNonceUsed`. */
export async function replay(url, bytes) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let reply = '';
    socket.setTimeout(10_000, () => reject(new Error('no reply to the replayed request')));
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      reply += chunk.toString('utf8');
      const found = /^HTTP\/1\.1 (\d+)[^]*"Code":\s*"([^"]*)"/.exec(reply);
      if (found) {
        socket.destroy();
        resolve(`${found[1]} ${found[2]}`);
      }
    });
    socket.on('end', () => reject(new Error('the reply holds no code')));
  });
}

export const DAY_SECONDS = 86_400;

/** A policy with every character that families of encoders treat differently. */
export const POLICY = {
  Version: '1',
  Statement: [{ Effect: 'Allow', Action: ['oss:GetObject'], Resource: ["acs:oss:*:*:bucket/a b+c~d'(e)!/\u00fc/*"] }],
};

/** `Statements`: no policy. */
export const BAD_POLICY = { Version: '1', Statements: POLICY.Statement };
