// What npm @alicloud/credentials finds in its environment and home folder: one line of JSON, without secrets.
//
// Arguments: the URL of an STS, and where connections to other machines are led. The package and what it stands on are as they
// come; the function below them that makes connections is not.

import { createHash } from 'node:crypto';
import { Socket } from 'node:net';
import Credentials from '@alicloud/credentials';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import Sts from '@alicloud/sts20150401';
import { clientName } from './harness.mjs';

const [stsUrl, front] = process.argv.slice(2);

const connect = Socket.prototype.connect;
Socket.prototype.connect = function (...parameters) {
  const options = Array.isArray(parameters[0]) ? parameters[0][0] : parameters[0];
  if (options?.host && options.host !== '127.0.0.1') {
    const [host, port] = front.split(':');
    Object.assign(options, { host, port: Number(port) });
  }
  return connect.apply(this, parameters);
};

const digest = (secret) => (secret ? createHash('sha256').update(secret).digest('hex') : null);

/** Whose session STS takes these for. */
async function session({ accessKeyId, accessKeySecret, securityToken }) {
  const endpoint = stsUrl.replace('http://', '');
  const config = new $OpenApiUtil.Config({ accessKeyId, accessKeySecret, securityToken, endpoint, protocol: 'http' });
  const { body } = await new Sts.default(config).getCallerIdentity();
  return body.arn;
}

// It warns in the middle of its answers, of its replies too.
console.log = console.warn = console.error = () => {};

let answer;
try {
  const found = await new Credentials.default().getCredential();
  answer = {
    id: found.accessKeyId,
    secret: digest(found.accessKeySecret),
    token: digest(found.securityToken),
    session: found.accessKeyId?.startsWith('STS.') ? await session(found) : null,
  };
} catch {
  // Never the error's message, which may hold the whole reply.
  answer = { none: '' };
}
process.stdout.write(`${JSON.stringify({ client: clientName('@alicloud/credentials'), ...answer })}\n`);
process.exit(0);
