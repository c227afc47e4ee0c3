// npm ali-oss: temporary credentials from the emulator's STS, used on the emulator's OSS.

import { writeFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import OSS from 'ali-oss';

import { clientName, startEmulator, suite } from './harness.mjs';

const emulator = await startEmulator();
const { bucket } = emulator;
const port = new URL(emulator.ossUrl).port;
const sts = new OSS.STS({
  endpoint: emulator.url,
  accessKeyId: emulator.accessKeyId,
  accessKeySecret: emulator.accessKeySecret,
});

async function assume(statement) {
  const policy = statement && { Version: '1', Statement: [{ Effect: 'Allow', ...statement }] };
  const { credentials } = await sts.assumeRole(emulator.roleArn, policy, 900, 'interop');
  return {
    accessKeyId: credentials.AccessKeyId,
    accessKeySecret: credentials.AccessKeySecret,
    stsToken: credentials.SecurityToken,
  };
}

/** Every way that ali-oss has to address the emulator, and both signatures. */
const STYLES = {
  'V1, path': { endpoint: `http://localhost:${port}`, sldEnable: true },
  'V4, path': { endpoint: `http://localhost:${port}`, sldEnable: true, authorizationV4: true, region: 'oss-cn-hangzhou' },
  'V1, host': { endpoint: `http://127.0.0.1:${port}` },
  'V4, host': { endpoint: `http://127.0.0.1:${port}`, authorizationV4: true, region: 'oss-cn-hangzhou' },
};

const session = await assume();
const nothingToDelete = await assume({ Action: 'oss:PutObject', Resource: '*' });
const deleteOnly = await assume({ Action: 'oss:DeleteObject', Resource: `acs:oss:*:*:${bucket}/*` });
const oneFolder = await assume({ Action: ['oss:GetObject', 'oss:PutObject'], Resource: `acs:oss:*:*:${bucket}/mine/*` });

/** Half a megabyte and a bit: several parts, the last a small one. */
const BIG = Buffer.alloc(512 * 1024 + 7, 'x');
const file = join(tmpdir(), `ali-oss-interop-${process.pid}`);
await writeFile(file, BIG);

/** What ali-oss says of a refusal: `403 AccessDenied`. */
const refused = (error) => `${error.status} ${error.code}`;
const outcome = (attempt) => attempt.then(() => 'done', refused);

for (const [style, options] of Object.entries(STYLES)) {
  const { check, notApplicable } = suite(`${clientName('ali-oss')}, ${style}`);
  // Without a way to refresh a session it warns at every start.
  const client = (credentials, more = {}) =>
    new OSS({ ...options, bucket, refreshSTSToken: async () => credentials, ...credentials, ...more });
  const all = client(session);

  await check('put', '200', async () => (await all.put('a/b c+d?&中.txt', Buffer.from('content'))).res.status);
  await check('get', 'content', async () => (await all.get('a/b c+d?&中.txt')).content.toString());
  await check('get, a range', '206 ten', async () => {
    const { res, content } = await all.get('a/b c+d?&中.txt', { headers: { Range: 'bytes=3-5' } });
    return `${res.status} ${content}`;
  });
  await check('head', '200 7', async () => {
    const { res } = await all.head('a/b c+d?&中.txt');
    return `${res.status} ${res.headers['content-length']}`;
  });
  await check('meta and content type', 'me text/x', async () => {
    await all.put('a/meta', Buffer.from('x'), { meta: { who: 'me' }, mime: 'text/x' });
    const { meta, res } = await all.head('a/meta');
    return `${meta.who} ${res.headers['content-type']}`;
  });
  await check('list', 'a/b c+d?&中.txt, a/meta', async () =>
    (await all.list({ prefix: 'a/', 'max-keys': 10 })).objects.map(({ name }) => name).join(', '));
  await check('list, folders', 'a/', async () => (await all.list({ delimiter: '/' })).prefixes.join(', '));
  await check('listV2, pages', 'a/b c+d?&中.txt, a/meta', async () => {
    const names = [];
    let token;
    do {
      const page = await all.listV2({ prefix: 'a/', 'max-keys': 1, 'continuation-token': token });
      names.push(...page.objects.map(({ name }) => name));
      token = page.nextContinuationToken;
    } while (token);
    return names.join(', ');
  });
  await check('listBuckets', bucket, async () => (await all.listBuckets()).buckets.map(({ name }) => name).join(', '));
  await check('getBucketInfo', `${bucket} private`, async () => {
    const { bucket: info } = await all.getBucketInfo(bucket);
    return `${info.Name} ${info.AccessControlList.Grant}`;
  });
  await check('copy', 'content', async () => {
    await all.copy('a/copy', 'a/b c+d?&中.txt');
    return (await all.get('a/copy')).content.toString();
  });
  await check('multipartUpload', 'same', async () => {
    await all.multipartUpload('a/big', file, { partSize: 100 * 1024, parallel: 2 });
    return (await all.get('a/big')).content.equals(BIG) ? 'same' : 'other';
  });
  await check('abortMultipartUpload', '204, then 404 NoSuchUpload', async () => {
    const { uploadId } = await all.initMultipartUpload('a/aborted');
    const { res } = await all.abortMultipartUpload('a/aborted', uploadId);
    return `${res.status}, then ${await outcome(all.listParts('a/aborted', uploadId))}`;
  });
  await check('deleteMulti', 'a/copy, a/meta', async () => (await all.deleteMulti(['a/copy', 'a/meta'])).deleted.map(({ Key }) => Key).join(', '));
  await check('deleteMulti, quiet', '200', async () => (await all.deleteMulti(['a/big'], { quiet: true })).res.status);
  await check('delete', '204', async () => (await all.delete('a/none')).res.status);
  await check('get, no such key', '404 NoSuchKey', async () => outcome(all.get('a/none')));
  await check('putACL and an anonymous reader', 'public-read, 200', async () => {
    await all.put('a/open', Buffer.from('x'));
    await all.putACL('a/open', 'public-read');
    const { status } = await fetch(`${emulator.ossUrl}/${bucket}/a/open`);
    return `${(await all.getACL('a/open')).acl}, ${status}`;
  });

  const presigned = async (credentials, seconds) => {
    const signer = client(credentials);
    if (options.authorizationV4) return signer.signatureUrlV4('GET', seconds, undefined, 'a/b c+d?&中.txt');
    return signer.signatureUrl('a/b c+d?&中.txt', { expires: seconds });
  };
  const code = async (url) => {
    const reply = await fetch(url);
    const text = await reply.text();
    return reply.ok ? `${reply.status} ${text}` : `${reply.status} ${/<Code>(.*?)<\/Code>/.exec(text)?.[1]}`;
  };
  if (options.sldEnable) {
    await check('presigned', '200 content', async () => code(await presigned(session, 60)));
    await check('presigned, changed', '403 SignatureDoesNotMatch', async () =>
      code((await presigned(session, 60)).replace('%26', '%25')));
    await check('presigned by a session that may not', '403 AccessDenied', async () => code(await presigned(deleteOnly, 60)));
    await check('presigned, expired', '403 AccessDenied', async () => {
      const url = await presigned(session, 60);
      await emulator.setClockAhead(61);
      try {
        return await code(url);
      } finally {
        await emulator.setClockAhead(0);
      }
    });
  } else {
    notApplicable('presigned', 'ali-oss signs no URLs for an endpoint that is an address');
  }

  await check('a form, V4 policy', '204, then 403 AccessDenied', async () => {
    const expiration = new Date(Date.now() + 60_000).toISOString();
    const send = async (key) => {
      const fields = new FormData();
      const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
      const credential = `${session.accessKeyId}/${date.slice(0, 8)}/cn-hangzhou/oss/aliyun_v4_request`;
      const own = {
        'x-oss-signature-version': 'OSS4-HMAC-SHA256',
        'x-oss-credential': credential,
        'x-oss-date': date,
        'x-oss-security-token': session.stsToken,
      };
      const policy = {
        expiration,
        conditions: [{ bucket }, ['starts-with', '$key', 'a/'], ...Object.entries(own).map(([name, value]) => ({ [name]: value }))],
      };
      const signer = client(session, { region: 'oss-cn-hangzhou' });
      const signature = signer.signPostObjectPolicyV4(policy, new Date(Date.parse(date.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'))));
      const all = { key, ...own, policy: Buffer.from(JSON.stringify(policy)).toString('base64'), 'x-oss-signature': signature };
      Object.entries(all).forEach(([name, value]) => fields.append(name, value));
      fields.append('file', new Blob(['posted']), 'file.txt');
      const reply = await fetch(`${emulator.ossUrl}/${bucket}/`, { method: 'POST', body: fields });
      return reply.ok ? String(reply.status) : `${reply.status} ${/<Code>(.*?)<\/Code>/.exec(await reply.text())?.[1]}`;
    };
    return `${await send('a/form')}, then ${await send('b/form')}`;
  });

  await check('refreshSTSToken', 'another key, 200', async () => {
    const first = await assume();
    const refreshing = client(first, { refreshSTSToken: () => assume(), refreshSTSTokenInterval: 1 });
    await refreshing.listBuckets();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { res } = await refreshing.listBuckets();
    return `${refreshing.options.accessKeyId === first.accessKeyId ? 'the same' : 'another'} key, ${res.status}`;
  });

  await check('session: one folder', '200', async () => (await client(oneFolder).put('mine/a', Buffer.from('x'))).res.status);
  await check('session: another folder', '403 AccessDenied', async () => outcome(client(oneFolder).put('a/a', Buffer.from('x'))));
  await check('session: list', '403 AccessDenied', async () => outcome(client(oneFolder).list()));
  await check('session: PutObject only, deleteMulti', "403 AccessDenied Access denied by authorizer's policy.", async () =>
    client(nothingToDelete).deleteMulti(['a/open']).then(() => 'done', (error) => `${refused(error)} ${error.message}`));
  await check('session: DeleteObject only, deleteMulti', '200', async () =>
    (await client(deleteOnly).deleteMulti(['a/open', 'a/form'])).res.status);
  await check('session: DeleteObject only, get', '403 AccessDenied', async () => outcome(client(deleteOnly).get('a/b c+d?&中.txt')));
  await check('session: multipartUpload', '403 AccessDenied', async () =>
    outcome(client(deleteOnly).multipartUpload('a/big', file, { partSize: 100 * 1024 })));
  const { accessKeyId, accessKeySecret } = emulator;
  await check('a user without rights', '403 AccessDenied', async () => outcome(client({ accessKeyId, accessKeySecret }).get('a/open')));
  await check('wrong secret', '403 SignatureDoesNotMatch', async () =>
    outcome(client({ ...session, accessKeySecret: 'wrong' }).get('a/open')));
  await check('unknown key', '403 InvalidAccessKeyId', async () =>
    outcome(client({ accessKeyId: 'LTAInobody', accessKeySecret: 'x' }).get('a/open')));
  await check("another session's token", '403 InvalidSecurityToken', async () =>
    outcome(client({ ...session, stsToken: deleteOnly.stsToken }).get('a/open')));
  await check('expired token', '403 SecurityTokenExpired', async () => {
    await emulator.setClockAhead(901);
    try {
      return await outcome(all.get('a/open'));
    } finally {
      await emulator.setClockAhead(0);
    }
  });
  await check('no such bucket', '404 NoSuchBucket', async () => outcome(client(session, { bucket: 'nobody-made-this' }).list()));
  await check('the end of it', '200', async () => (await all.deleteMulti(['a/b c+d?&中.txt', 'mine/a'])).res.status);
}

await rm(file);
emulator.stop();
