// SPDX-License-Identifier: Apache-2.0
// What the client and the server of this peer share.
'use strict';
const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const proto = path.join(__dirname, '..', '..', 'protos', 'interop.proto');
const definition = loader.loadSync(proto, { keepCase: true, longs: Number, enums: String, defaults: true });

exports.testing = grpc.loadPackageDefinition(definition).grpc.testing;
exports.initialKey = 'x-grpc-test-echo-initial';
exports.trailingKey = 'x-grpc-test-echo-trailing-bin';
exports.delayKey = 'x-interop-delay-ms';

exports.zeros = (size) => ({ type: 'COMPRESSABLE', body: Buffer.alloc(size) });

exports.say = (value) => process.stdout.write(JSON.stringify(value) + '\n');
