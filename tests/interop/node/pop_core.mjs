// npm @alicloud/pop-core by GET and by POST: everything in the query, or everything in a form body.

import RPCClient from '@alicloud/pop-core';

import {
  BAD_POLICY, DAY_SECONDS, POLICY, clientName, judge, parse, replay, startEmulator, suite,
} from './harness.mjs';

const emulator = await startEmulator();

function client(changes = {}) {
  const { url: endpoint, accessKeyId, accessKeySecret } = emulator;
  return new RPCClient({ endpoint, apiVersion: '2015-04-01', accessKeyId, accessKeySecret, ...changes });
}

/** The changes to a client's options that make it sign as this session. */
const session = ({ AccessKeyId, AccessKeySecret, SecurityToken }) =>
  ({ accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret, securityToken: SecurityToken });

for (const method of ['GET', 'POST']) {
  const { check } = suite(`${clientName('@alicloud/pop-core')} ${method}`);
  const call = (rpc, action, params) => rpc.request(action, params, { method });
  const assume = async (rpc, extra = {}) => {
    const params = { RoleArn: emulator.roleArn, RoleSessionName: 'interop', DurationSeconds: 900, ...extra };
    return (await call(rpc, 'AssumeRole', params)).Credentials;
  };
  const whoAmI = async (rpc) => (await call(rpc, 'GetCallerIdentity', {})).IdentityType;

  await check('AssumeRole', 'credentials', async () => judge(await assume(client())));
  await check('the wire: where the parameters are', method === 'GET' ? 'query' : 'body', async () => {
    const { query, body } = parse(await emulator.lastRequest());
    return [['query', query], ['body', body]].filter(([, set]) => set.get('Signature')).map(([name]) => name).join();
  });
  await check('the wire: nonce and timestamp', '32 hexadecimal digits, whole seconds', async () => {
    const { query, body } = parse(await emulator.lastRequest());
    const get = (name) => query.get(name) ?? body.get(name);
    const nonce = /^[0-9a-f]{32}$/.test(get('SignatureNonce')) ? '32 hexadecimal digits' : get('SignatureNonce');
    return `${nonce}, ${/T\d\d:\d\d:\d\dZ$/.test(get('Timestamp')) ? 'whole seconds' : get('Timestamp')}`;
  });
  await check('the wire: x-acs-action although RPC', 'AssumeRole', async () =>
    parse(await emulator.lastRequest()).headers['x-acs-action']);
  await check('replayed bytes', '400 SignatureNonceUsed', async () => replay(emulator.url, await emulator.lastRequest()));
  await check('AssumeRole, policy', 'credentials', async () =>
    judge(await assume(client(), { Policy: JSON.stringify(POLICY) })));
  await check('AssumeRole, policy with spaces', 'credentials', async () =>
    judge(await assume(client(), { Policy: JSON.stringify(POLICY, null, 2) })));
  await check('GetCallerIdentity', 'RAMUser', () => whoAmI(client()));
  await check('signed with a session', 'AssumedRoleUser', async () => whoAmI(client(session(await assume(client())))));
  await check('wrong secret', 'SignatureDoesNotMatch', async () =>
    judge(await assume(client({ accessKeySecret: 'wrong' }))));
  await check('unknown access key', 'InvalidAccessKeyId.NotFound', async () =>
    judge(await assume(client({ accessKeyId: 'LTAInobody' }))));
  await check('expired token', 'InvalidSecurityToken.Expired', async () => {
    const rpc = client(session(await assume(client())));
    await emulator.setClockAhead(DAY_SECONDS);
    try {
      return await whoAmI(rpc);
    } finally {
      await emulator.setClockAhead(0);
    }
  });
  await check('bad policy', 'InvalidParameter.PolicyGrammar', async () =>
    judge(await assume(client(), { Policy: JSON.stringify(BAD_POLICY) })));
  await check('unknown role', 'EntityNotExist.Role', async () =>
    judge(await assume(client(), { RoleArn: emulator.unknownRoleArn })));
  await check('clock 16 minutes off', 'InvalidTimeStamp.Expired', async () => {
    await emulator.setClockAhead(16 * 60);
    try {
      return judge(await assume(client()));
    } finally {
      await emulator.setClockAhead(0);
    }
  });
}

emulator.stop();
// Its keep-alive agent holds the process otherwise.
process.exit(0);
