// npm @alicloud/credentials: a role, the metadata service of ECS, and a credentials URI.

import { Socket } from 'node:net';
import Credentials, { Config } from '@alicloud/credentials';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import Sts from '@alicloud/sts20150401';
import { clientName, startEmulator, suite } from './harness.mjs';

const emulator = await startEmulator();
const { check } = suite(clientName('@alicloud/credentials'));

// The address of the metadata service is fixed in the client; the connection is made to the emulator.
const connect = Socket.prototype.connect;
Socket.prototype.connect = function (...parameters) {
  const options = Array.isArray(parameters[0]) ? parameters[0][0] : parameters[0];
  if (options?.host === '100.100.100.200') {
    const { hostname, port } = new URL(emulator.metadata);
    Object.assign(options, { host: hostname, port: Number(port) });
  }
  return connect.apply(this, parameters);
};

/** Whether STS knows these as a session of the role. */
async function judge(config) {
  const source = new Credentials.default(new Config(config));
  const { accessKeyId, accessKeySecret, securityToken } = await source.getCredential();
  const sts = new Sts.default(
    new $OpenApiUtil.Config({
      accessKeyId,
      accessKeySecret,
      securityToken,
      endpoint: emulator.url.replace('http://', ''),
      protocol: 'http',
    }),
  );
  const { body } = await sts.getCallerIdentity();
  return body.arn.includes(':assumed-role/app/') ? 'a session of the role' : body.arn;
}

/** The client's errors are sentences; the status or code in them is what counts. */
function known(attempt) {
  return attempt().catch((error) => {
    const found = /\b(40[0-9])\b|"Code":\s*"([^"]*)"/.exec(error.message);
    return found ? (found[2] ?? found[1]) : (error.code ?? error.name);
  });
}

const ecs = (changes) => known(() => judge({ type: 'ecs_ram_role', disableIMDSv1: true, ...changes }));
const uri = (path) => known(() => judge({ type: 'credentials_uri', credentialsURI: emulator.credentialsUri + path }));

await check('metadata, role asked for', 'a session of the role', () => ecs({}));
await check('metadata, role named', 'a session of the role', () => ecs({ roleName: 'app' }));
await check('metadata, another role', '404', () => ecs({ roleName: 'other' }));
await check('metadata, v1 allowed', 'a session of the role', () => ecs({ disableIMDSv1: false }));
await check('credentials URI', 'a session of the role', () => uri(''));
await check('credentials URI, wrong path', '404', () => uri('/nothing'));

emulator.stop();
process.exit(0);
