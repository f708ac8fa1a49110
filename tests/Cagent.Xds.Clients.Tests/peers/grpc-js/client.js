// SPDX-License-Identifier: Apache-2.0
// A grpc-js channel to the target of its argument. Each line of its standard input is {"id":N}: it calls who.Who/Ask and answers
// {"id":N,"ok":true,"reply":TEXT} or {"id":N,"ok":false,"code":CODE,"error":TEXT}. Ends when its standard input does.
'use strict';
const readline = require('node:readline');
const grpc = require('@grpc/grpc-js');
require('@grpc/grpc-js-xds').register();

const PATIENCE_MS = 5000;
const client = new grpc.Client(process.argv[2], grpc.credentials.createInsecure());
const lines = readline.createInterface({ input: process.stdin });

lines.on('line', (line) => {
  const { id } = JSON.parse(line);
  const toBytes = (text) => Buffer.from(text);
  client.makeUnaryRequest('/who.Who/Ask', toBytes, String, '', { deadline: Date.now() + PATIENCE_MS }, (error, reply) => {
    const answer = error
      ? { id, ok: false, code: grpc.status[error.code], error: error.details }
      : { id, ok: true, reply };
    process.stdout.write(JSON.stringify(answer) + '\n');
  });
});
lines.on('close', () => process.exit(0));
