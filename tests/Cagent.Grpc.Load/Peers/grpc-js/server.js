// SPDX-License-Identifier: Apache-2.0

// The peer "grpc-js": the service of LoadPaths.cs. Messages are plain bytes.
'use strict';
const grpc = require('@grpc/grpc-js');

const port = Number(process.argv[2]);
const same = (buffer) => buffer;
const subscribers = new Set();

function method(name, responseStream, requestStream = false) {
  return {
    path: `/load.v1.Load/${name}`,
    requestStream,
    responseStream,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}

function stats(call, callback) {
  const response = Buffer.alloc(16);
  response.writeBigInt64BE(BigInt(process.memoryUsage().heapUsed), 8);
  callback(null, response);
}

function push(call, callback) {
  const message = Buffer.alloc(call.request.readInt32BE());
  for (const subscriber of subscribers) {
    subscriber.write(message);
  }
  callback(null, Buffer.alloc(0));
}

function serverStream(call) {
  let left = call.request.readInt32BE();
  const message = Buffer.alloc(call.request.readInt32BE(4));
  function more() {
    while (left > 0) {
      left--;
      if (!call.write(message)) {
        call.once('drain', more);
        return;
      }
    }
    call.end();
  }
  more();
}

function subscribe(call) {
  call.write(Buffer.alloc(0));
  subscribers.add(call);
  call.on('cancelled', () => subscribers.delete(call));
}

function bidi(call) {
  call.on('data', (message) => call.write(message));
  call.on('end', () => call.end());
  call.on('error', () => {});
}

const server = new grpc.Server();
server.addService(
  {
    unary: method('Unary', false),
    push: method('Push', false),
    stats: method('Stats', false),
    serverStream: method('ServerStream', true),
    subscribe: method('Subscribe', true),
    bidi: method('Bidi', true, true),
  },
  { unary: (call, callback) => callback(null, call.request), push, stats, serverStream, subscribe, bidi },
);
server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error) => {
  if (error) {
    throw error;
  }
});
