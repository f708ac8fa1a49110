// SPDX-License-Identifier: Apache-2.0
// The interop service on grpc-js. Prints {"port":N}, then {"event":"cancelled"} for each call whose handler sees its end
// before it is done. Ends when its standard input does.
'use strict';
const grpc = require('@grpc/grpc-js');
const { testing, initialKey, trailingKey, delayKey, zeros, say } = require('./service');

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function sendInitial(call) {
  const values = call.metadata.get(initialKey);
  if (values.length > 0) {
    const headers = new grpc.Metadata();
    values.forEach((value) => headers.add(initialKey, value));
    call.sendMetadata(headers);
  }
}

function trailers(call) {
  const echoed = new grpc.Metadata();
  call.metadata.get(trailingKey).forEach((value) => echoed.add(trailingKey, value));
  return echoed;
}

function failure(status, call) {
  return { code: status.code, details: status.message, metadata: trailers(call) };
}

// Waits unless the call ends first; false then.
async function idle(call, milliseconds) {
  if (milliseconds > 0 && !call.cancelled) {
    await Promise.race([wait(milliseconds), new Promise((resolve) => call.once('cancelled', resolve))]);
  }
  return !call.cancelled;
}

async function respond(call, request) {
  for (const parameters of request.response_parameters) {
    if (!(await idle(call, parameters.interval_us / 1000))) {
      return;
    }
    if (!call.write({ payload: zeros(parameters.size) })) {
      await Promise.race([new Promise((resolve) => call.once('drain', resolve)), new Promise((resolve) => call.once('cancelled', resolve))]);
    }
  }
}

const service = {
  EmptyCall: (call, done) => done(null, {}),

  UnaryCall: async (call, done) => {
    call.once('cancelled', () => say({ event: 'cancelled' }));
    sendInitial(call);
    const request = call.request;
    if (!(await idle(call, Number(call.metadata.get(delayKey)[0] ?? 0)))) {
      return;
    }
    if (request.response_status && request.response_status.code !== 0) {
      done(failure(request.response_status, call));
      return;
    }
    done(null, { payload: zeros(request.response_size) }, trailers(call));
  },

  StreamingOutputCall: async (call) => {
    await respond(call, call.request);
    call.end(trailers(call));
  },

  StreamingInputCall: (call, done) => {
    let sum = 0;
    sendInitial(call);
    call.on('data', (request) => { sum += request.payload.body.length; });
    call.once('cancelled', () => say({ event: 'cancelled' }));
    call.on('end', () => done(null, { aggregated_payload_size: sum }));
  },

  FullDuplexCall: (call) => {
    sendInitial(call);
    call.once('cancelled', () => say({ event: 'cancelled' }));
    let work = Promise.resolve();
    let ended = false;
    call.on('data', (request) => {
      work = work.then(async () => {
        if (ended) {
          return;
        }
        if (request.response_status && request.response_status.code !== 0) {
          ended = true;
          call.emit('error', failure(request.response_status, call));
          return;
        }
        await respond(call, request);
      });
    });
    call.on('end', () => {
      work = work.then(() => ended || call.end(trailers(call)));
    });
  },
};

const server = new grpc.Server();
server.addService(testing.TestService.service, service);
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    throw error;
  }
  say({ port });
});
process.stdin.on('end', () => process.exit(0)).resume();
