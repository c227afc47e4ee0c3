// npm ali-oss, its STS class: form body, millisecond timestamps, Math.random() nonces.

import OSS from 'ali-oss';

import { BAD_POLICY, POLICY, clientName, judge, parse, replay, startEmulator, suite } from './harness.mjs';

const emulator = await startEmulator();
const { check, notApplicable } = suite(clientName('ali-oss'));

function client(changes = {}) {
  const { url: endpoint, accessKeyId, accessKeySecret } = emulator;
  return new OSS.STS({ endpoint, accessKeyId, accessKeySecret, ...changes });
}

async function assume(sts, policy, role = emulator.roleArn) {
  return (await sts.assumeRole(role, policy, 900, 'interop')).credentials;
}

await check('AssumeRole', 'credentials', async () => judge(await assume(client())));
await check('the wire: POST /, all in a form body', 'POST / HTTP/1.1, AssumeRole', async () => {
  const { requestLine, body, rawQuery } = parse(await emulator.lastRequest());
  return `${requestLine}${rawQuery}, ${body.get('Action')}`;
});
await check('the wire: timestamp with milliseconds', 'yes', async () => {
  const { body } = parse(await emulator.lastRequest());
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(body.get('Timestamp')) ? 'yes' : body.get('Timestamp');
});
await check('the wire: nonce from Math.random()', 'yes', async () => {
  const nonce = parse(await emulator.lastRequest()).body.get('SignatureNonce');
  return /^\d(\.\d+)?(e-\d+)?$/.test(nonce) && Number(nonce) < 1 ? 'yes' : nonce;
});
await check('replayed bytes', '400 SignatureNonceUsed', async () => replay(emulator.url, await emulator.lastRequest()));
await check('AssumeRole, policy as object', 'credentials', async () => judge(await assume(client(), POLICY)));
await check("the wire: body leaves !'()* raw", 'yes', async () => {
  const { rawBody } = parse(await emulator.lastRequest());
  return ["'", '(', ')', '!', '*'].every((raw) => rawBody.includes(raw)) ? 'yes' : 'no';
});
await check('AssumeRole, policy as text with spaces', 'credentials', async () =>
  judge(await assume(client(), JSON.stringify(POLICY, null, 2))));
await check('a new key on every call', 'yes', async () => {
  const sts = client();
  const [one, two] = [await assume(sts), await assume(sts)];
  return one.AccessKeyId === two.AccessKeyId ? 'no' : 'yes';
});
notApplicable('GetCallerIdentity', 'the class knows AssumeRole only');
notApplicable('signed with a session', 'the class cannot send a SecurityToken');
await check('a session key as if it were a long-term one', 'MissingSecurityToken', async () => {
  const { AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret } = await assume(client());
  return judge(await assume(client({ accessKeyId, accessKeySecret })));
});
await check('wrong secret', 'SignatureDoesNotMatch', async () =>
  judge(await assume(client({ accessKeySecret: 'wrong' }))));
await check('unknown access key', 'InvalidAccessKeyId.NotFound', async () =>
  judge(await assume(client({ accessKeyId: 'LTAInobody' }))));
notApplicable('expired token', 'the class cannot send a SecurityToken');
await check('bad policy', 'InvalidParameter.PolicyGrammar', async () => judge(await assume(client(), BAD_POLICY)));
await check('unknown role', 'EntityNotExist.Role', async () =>
  judge(await assume(client(), null, emulator.unknownRoleArn)));
await check('clock 16 minutes off', 'InvalidTimeStamp.Expired', async () => {
  await emulator.setClockAhead(16 * 60);
  try {
    return judge(await assume(client()));
  } finally {
    await emulator.setClockAhead(0);
  }
});

emulator.stop();
