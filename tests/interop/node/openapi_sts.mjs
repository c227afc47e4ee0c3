// npm @alicloud/sts20150401, what the vendor's documentation recommends today: ACS3, parameters in the query.

import Sts, * as models from '@alicloud/sts20150401';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';

import {
  BAD_POLICY, DAY_SECONDS, POLICY, clientName, judge, parse, replay, startEmulator, suite,
} from './harness.mjs';

const emulator = await startEmulator();
const { check } = suite(clientName('@alicloud/sts20150401'));

function client(changes = {}) {
  const { url, accessKeyId, accessKeySecret } = emulator;
  const endpoint = new URL(url).host;
  return new Sts.default(new $OpenApiUtil.Config({ endpoint, protocol: 'HTTP', accessKeyId, accessKeySecret, ...changes }));
}

const runtime = new RuntimeOptions({ autoretry: false });

/** Credentials as the service names them. */
const named = ({ accessKeyId, accessKeySecret, securityToken, expiration }) =>
  ({ AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret, SecurityToken: securityToken, Expiration: expiration });

async function assume(sts, extra = {}) {
  const request = new models.AssumeRoleRequest(
    { roleArn: emulator.roleArn, roleSessionName: 'interop', durationSeconds: 900, ...extra });
  return (await sts.assumeRoleWithOptions(request, runtime)).body.credentials;
}

async function withOidc(OIDCToken = emulator.oidcToken) {
  const { oidcProviderArn: OIDCProviderArn, roleArn } = emulator;
  const request = new models.AssumeRoleWithOIDCRequest({ OIDCProviderArn, OIDCToken, roleArn, roleSessionName: 'interop' });
  return judge(named((await client().assumeRoleWithOIDCWithOptions(request, runtime)).body.credentials));
}

/** The changes to a client's options that make it sign as a session. */
async function session() {
  const { accessKeyId, accessKeySecret, securityToken } = await assume(client());
  return { accessKeyId, accessKeySecret, securityToken };
}

const whoAmI = async (sts) => (await sts.getCallerIdentityWithOptions(runtime)).body.identityType;
const outcome = async (sts, extra) => judge(named(await assume(sts, extra)));
const lastHeader = async (name) => {
  const { headers } = parse(await emulator.lastRequest());
  return Object.entries(headers).find(([candidate]) => candidate.toLowerCase() === name)?.[1] ?? '';
};

await check('AssumeRole', 'credentials', () => outcome(client()));
await check('the wire: scheme', 'ACS3-HMAC-SHA256', async () => (await lastHeader('authorization')).split(' ')[0]);
await check('the wire: where the parameters are', 'query', async () => {
  const { query, body } = parse(await emulator.lastRequest());
  return [['query', query], ['body', body]].filter(([, set]) => set.get('RoleArn')).map(([name]) => name).join();
});
await check('the wire: signed besides x-acs-*', 'host', async () => {
  const [, names] = /SignedHeaders=([^,]*)/.exec(await lastHeader('authorization'));
  return names.split(';').filter((name) => !name.startsWith('x-acs-')).join(' ');
});
await check('the wire: nonce and date', '64 hexadecimal digits, whole seconds', async () => {
  const [nonce, date] = [await lastHeader('x-acs-signature-nonce'), await lastHeader('x-acs-date')];
  const kind = /^[0-9a-f]{64}$/.test(nonce) ? '64 hexadecimal digits' : nonce;
  return `${kind}, ${/T\d\d:\d\d:\d\dZ$/.test(date) ? 'whole seconds' : date}`;
});
await check('replayed bytes', '400 SignatureNonceUsed', async () => replay(emulator.url, await emulator.lastRequest()));
await check('AssumeRole, policy', 'credentials', () => outcome(client(), { policy: JSON.stringify(POLICY) }));
await check('AssumeRole, policy with spaces', 'credentials', () =>
  outcome(client(), { policy: JSON.stringify(POLICY, null, 2) }));
await check('the wire: a space in the query', '%20', async () => {
  const { rawQuery } = parse(await emulator.lastRequest());
  return ['+', '%20'].filter((written) => rawQuery.includes(written)).join(' and ');
});
await check('GetCallerIdentity', 'RAMUser', () => whoAmI(client()));
await check('signed with a session', 'AssumedRoleUser', async () => whoAmI(client(await session())));
await check('roles chain', 'credentials', async () => outcome(client(await session())));
await check('AssumeRoleWithOIDC, unsigned', 'credentials', () => withOidc());
await check('the wire: where its action is', 'x-acs-action, query', async () => {
  const { query } = parse(await emulator.lastRequest());
  return [(await lastHeader('x-acs-action')) && 'x-acs-action', query.get('Action') && 'query'].filter(Boolean).join(', ');
});
await check('AssumeRoleWithOIDC, bad token', 'AuthenticationFail.OIDCToken.Invalid', () => withOidc('eyJ.eyJ.sig'));
await check('wrong secret', 'SignatureDoesNotMatch', () => outcome(client({ accessKeySecret: 'wrong' })));
await check('unknown access key', 'InvalidAccessKeyId.NotFound', () => outcome(client({ accessKeyId: 'LTAInobody' })));
await check('expired token', 'InvalidSecurityToken.Expired', async () => {
  const sts = client(await session());
  await emulator.setClockAhead(DAY_SECONDS);
  try {
    return await whoAmI(sts);
  } finally {
    await emulator.setClockAhead(0);
  }
});
await check('bad policy', 'InvalidParameter.PolicyGrammar', () =>
  outcome(client(), { policy: JSON.stringify(BAD_POLICY) }));
await check('unknown role', 'EntityNotExist.Role', () => outcome(client(), { roleArn: emulator.unknownRoleArn }));
await check('clock 16 minutes off', 'InvalidTimeStamp.Expired', async () => {
  await emulator.setClockAhead(16 * 60);
  try {
    return await outcome(client());
  } finally {
    await emulator.setClockAhead(0);
  }
});

emulator.stop();
// Its keep-alive agent holds the process otherwise.
process.exit(0);
