// How a test in JavaScript uses `ali-sts emulator`: npm ali-oss assumes a role for one folder, uses it, and is kept out of the others.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import OSS from 'ali-oss';

// Once it listens it says on one line of JSON where everything is. What it refuses it explains on standard error.
const emulator = spawn(process.env.ALI_STS ?? 'ali-sts', ['emulator'], { stdio: ['ignore', 'pipe', 'inherit'] });
const [line] = await once(createInterface({ input: emulator.stdout }), 'line');
const ready = JSON.parse(line);

try {
  const sts = new OSS.STS({
    endpoint: ready.sts,
    accessKeyId: ready.access_key_id,
    accessKeySecret: ready.access_key_secret,
  });
  const policy = {
    Version: '1',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['oss:PutObject', 'oss:GetObject'],
        Resource: [`acs:oss:*:*:${ready.bucket}/reports/*`],
      },
    ],
  };
  const { credentials } = await sts.assumeRole(ready.role_arn, policy, 900, 'example');

  const oss = new OSS({
    // By name and with `sldEnable`, so that the bucket is in the path and URLs can be signed.
    endpoint: ready.oss.replace('127.0.0.1', 'localhost'),
    sldEnable: true,
    bucket: ready.bucket,
    accessKeyId: credentials.AccessKeyId,
    accessKeySecret: credentials.AccessKeySecret,
    stsToken: credentials.SecurityToken,
    refreshSTSToken: async () => {
      const { credentials } = await sts.assumeRole(ready.role_arn, policy, 900, 'example');
      return {
        accessKeyId: credentials.AccessKeyId,
        accessKeySecret: credentials.AccessKeySecret,
        stsToken: credentials.SecurityToken,
      };
    },
  });
  await oss.put('reports/today.txt', Buffer.from('all is well'));
  console.log(`allowed: ${(await oss.get('reports/today.txt')).content}`);
  try {
    await oss.get('hello.txt');
    console.log('allowed: but should not be');
  } catch (error) {
    console.log(`refused: ${error.status} ${error.code}`);
  }
} finally {
  emulator.kill('SIGTERM');
}
