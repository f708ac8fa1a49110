// SPDX-License-Identifier: Apache-2.0
// The interop cases as a grpc-js client. Each line of its standard input is {"case":NAME,"target":"host:port"}; it answers
// {"ok":true} or {"ok":false,"error":TEXT}. Ends when its standard input does.
'use strict';
const assert = require('node:assert/strict');
const readline = require('node:readline');
const grpc = require('@grpc/grpc-js');
const { testing, initialKey, trailingKey, delayKey, zeros, say } = require('./service');

const { status } = grpc;
const requestSizes = [27182, 8, 1828, 45904];
const responseSizes = [31415, 9, 2653, 58979];
const limit = 4 * 1024 * 1024;

// grpc-js writes a message's flags from its context; an interceptor is the public place to set them.
class FlaggedCall extends grpc.InterceptingCall {
  constructor(next, flags) {
    super(next);
    this.flags = flags;
  }

  sendMessageWithContext(context, message) {
    super.sendMessageWithContext({ ...context, flags: this.flags.shift() ?? 0 }, message);
  }
}
const NO_COMPRESS = 2;
const flagged = (...flags) => ({ interceptors: [(options, next) => new FlaggedCall(next(options), flags)] });

function metadataOf(entries) {
  const metadata = new grpc.Metadata();
  entries.forEach(([key, value]) => metadata.add(key, value));
  return metadata;
}

function unary(client, method, request, { metadata = new grpc.Metadata(), options = {} } = {}) {
  return new Promise((resolve) => {
    const seen = {};
    const call = client[method](request, metadata, options, (error, response) => { seen.response = response; });
    call.on('metadata', (headers) => { seen.headers = headers; });
    call.on('status', (end) => { seen.status = end; resolve(seen); });
  });
}

// Collects what a streaming call receives; next() resolves with a message, or undefined at the end.
function collect(call) {
  const messages = [];
  const waiting = [];
  let ended = false;
  const seen = {
    next: () => messages.length > 0 ? Promise.resolve(messages.shift())
      : ended ? Promise.resolve(undefined)
      : new Promise((resolve) => waiting.push(resolve)),
  };
  seen.end = new Promise((resolve) => call.on('status', (end) => {
    ended = true;
    waiting.splice(0).forEach((give) => give(undefined));
    resolve(end);
  }));
  call.on('error', () => {});
  call.on('metadata', (headers) => { seen.headers = headers; });
  if (call.readable !== undefined) {
    call.on('data', (message) => (waiting.shift() ?? ((one) => messages.push(one)))(message));
  }
  return seen;
}

function upload(client, { metadata = new grpc.Metadata(), options = {} } = {}) {
  const seen = {};
  const call = client.StreamingInputCall(metadata, options, (error, response) => { seen.response = response; });
  seen.call = call;
  seen.end = new Promise((resolve) => call.on('status', resolve));
  return seen;
}

const duplex = (client, metadata = new grpc.Metadata(), options = {}) => {
  const call = client.FullDuplexCall(metadata, options);
  return { call, seen: collect(call) };
};

const ask = (size, more = {}) => ({ response_parameters: [{ size, ...more }] });

function expectStatus(seen, code, details) {
  assert.equal(seen.code, code, `status ${seen.code} (${seen.details}) instead of ${code}`);
  if (details !== undefined) {
    assert.equal(seen.details, details);
  }
}

async function expectUnary(client, request, size, extra) {
  const seen = await unary(client, 'UnaryCall', request, extra);
  expectStatus(seen.status, status.OK);
  assert.equal(seen.response.payload.body.length, size);
  assert.ok(seen.response.payload.body.every((byte) => byte === 0));
  return seen;
}

const binaryValues = [
  Buffer.from(Array.from({ length: 256 }, (_, i) => i)), Buffer.from([1]), Buffer.from([1, 2]), Buffer.from([1, 2, 3]),
  Buffer.alloc(3000, 7), Buffer.alloc(0),
];

async function expectBinaryEcho(client, values) {
  const seen = await expectUnary(client, { response_size: 1 }, 1, { metadata: metadataOf(values.map((value) => [trailingKey, value])) });
  assert.deepEqual(seen.status.metadata.get(trailingKey), values);
}

const cases = {
  async empty_unary(client) {
    const seen = await unary(client, 'EmptyCall', {});
    expectStatus(seen.status, status.OK);
    assert.deepEqual({ ...seen.response }, {});
  },

  async large_unary(client) {
    await expectUnary(client, { response_size: 314159, payload: zeros(271828) }, 314159);
  },

  async client_streaming(client) {
    const seen = upload(client);
    requestSizes.forEach((size) => seen.call.write({ payload: zeros(size) }));
    seen.call.end();
    expectStatus(await seen.end, status.OK);
    assert.equal(seen.response.aggregated_payload_size, 74922);
  },

  async server_streaming(client) {
    const seen = collect(client.StreamingOutputCall({ response_parameters: responseSizes.map((size) => ({ size })) }));
    for (const size of responseSizes) {
      assert.equal((await seen.next()).payload.body.length, size);
    }
    assert.equal(await seen.next(), undefined);
    expectStatus(await seen.end, status.OK);
  },

  async ping_pong(client) {
    const { call, seen } = duplex(client);
    for (let i = 0; i < requestSizes.length; i++) {
      call.write({ ...ask(responseSizes[i]), payload: zeros(requestSizes[i]) });
      assert.equal((await seen.next()).payload.body.length, responseSizes[i]);
    }
    call.end();
    assert.equal(await seen.next(), undefined);
    expectStatus(await seen.end, status.OK);
  },

  async empty_stream(client) {
    const { call, seen } = duplex(client);
    call.end();
    assert.equal(await seen.next(), undefined);
    expectStatus(await seen.end, status.OK);
  },

  async client_compressed_unary(client, target) {
    const request = (value) => ({ response_size: 314159, payload: zeros(271828), expect_compressed: { value } });
    const probe = await unary(client, 'UnaryCall', request(true));
    expectStatus(probe.status, status.INVALID_ARGUMENT);
    const gzip = connect(target, { 'grpc.default_compression_algorithm': 2 });
    await expectUnary(gzip, request(true), 314159);
    await expectUnary(gzip, request(false), 314159, { options: flagged(NO_COMPRESS) });
    gzip.close();
  },

  async client_compressed_streaming(client, target) {
    const message = (size, value) => ({ payload: zeros(size), expect_compressed: { value } });
    const probe = upload(client);
    probe.call.write(message(27182, true));
    probe.call.end();
    expectStatus(await probe.end, status.INVALID_ARGUMENT);
    const gzip = connect(target, { 'grpc.default_compression_algorithm': 2 });
    const seen = upload(gzip, { options: flagged(0, NO_COMPRESS) });
    seen.call.write(message(27182, true));
    seen.call.write(message(45904, false));
    seen.call.end();
    expectStatus(await seen.end, status.OK);
    assert.equal(seen.response.aggregated_payload_size, 73086);
    gzip.close();
  },

  async server_compressed_unary(client) {
    for (const value of [true, false]) {
      await expectUnary(client, { response_size: 314159, payload: zeros(271828), response_compressed: { value } }, 314159);
    }
  },

  async server_compressed_streaming(client) {
    const request = { response_parameters: [{ size: 31415, compressed: { value: true } }, { size: 92653, compressed: { value: false } }] };
    const seen = collect(client.StreamingOutputCall(request));
    assert.equal((await seen.next()).payload.body.length, 31415);
    assert.equal((await seen.next()).payload.body.length, 92653);
    assert.equal(await seen.next(), undefined);
    expectStatus(await seen.end, status.OK);
  },

  async unknown_encoding(client, target) {
    const deflate = connect(target, { 'grpc.default_compression_algorithm': 1 });
    expectStatus((await unary(deflate, 'UnaryCall', { response_size: 1, payload: zeros(1000) })).status, status.UNIMPLEMENTED);
    deflate.close();
  },

  async cancel_after_begin(client) {
    const seen = upload(client);
    seen.call.cancel();
    expectStatus(await seen.end, status.CANCELLED);
  },

  async cancel_during_upload(client) {
    const seen = upload(client, { metadata: metadataOf([[initialKey, 'begun']]) });
    const begun = new Promise((resolve) => seen.call.on('metadata', resolve));
    seen.call.write({ payload: zeros(27182) });
    // The handler must run before the cancellation can be seen there: its headers say so.
    await begun;
    seen.call.cancel();
    expectStatus(await seen.end, status.CANCELLED);
  },

  async cancel_after_first_response(client) {
    const { call, seen } = duplex(client);
    call.write({ ...ask(31415), payload: zeros(27182) });
    assert.equal((await seen.next()).payload.body.length, 31415);
    call.cancel();
    expectStatus(await seen.end, status.CANCELLED);
  },

  async timeout_on_sleeping_server(client) {
    const { call, seen } = duplex(client, undefined, { deadline: Date.now() + 1 });
    call.write({ ...ask(31415, { interval_us: 10_000_000 }), payload: zeros(27182) });
    expectStatus(await seen.end, status.DEADLINE_EXCEEDED);
  },

  async unary_deadline(client) {
    const seen = await unary(client, 'UnaryCall', { response_size: 1 }, {
      metadata: metadataOf([[delayKey, '30000']]),
      options: { deadline: Date.now() + 1000 },
    });
    expectStatus(seen.status, status.DEADLINE_EXCEEDED);
  },

  async custom_metadata(client) {
    const value = Buffer.from([0xab, 0xab, 0xab]);
    const metadata = metadataOf([[initialKey, 'test_initial_metadata_value'], [trailingKey, value]]);
    const expect = (headers, end) => {
      assert.deepEqual(headers.get(initialKey), ['test_initial_metadata_value']);
      assert.deepEqual(end.metadata.get(trailingKey), [value]);
    };
    const one = await expectUnary(client, { response_size: 314159, payload: zeros(271828) }, 314159, { metadata });
    expect(one.headers, one.status);
    const { call, seen } = duplex(client, metadata);
    call.write({ ...ask(314159), payload: zeros(271828) });
    assert.equal((await seen.next()).payload.body.length, 314159);
    call.end();
    const end = await seen.end;
    expectStatus(end, status.OK);
    expect(seen.headers, end);
  },

  async binary_metadata(client) {
    for (const value of binaryValues) {
      await expectBinaryEcho(client, [value]);
    }
  },

  async repeated_binary_metadata(client) {
    await expectBinaryEcho(client, binaryValues.slice(0, 4));
  },

  async status_code_and_message(client) {
    const response_status = { code: 2, message: 'test status message' };
    const one = await unary(client, 'UnaryCall', { response_status });
    expectStatus(one.status, 2, 'test status message');
    const { call, seen } = duplex(client);
    call.write({ response_status });
    call.end();
    expectStatus(await seen.end, 2, 'test status message');
  },

  async special_status_message(client) {
    const message = '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n';
    expectStatus((await unary(client, 'UnaryCall', { response_status: { code: 2, message } })).status, 2, message);
  },

  async all_status_codes(client) {
    for (let code = 1; code <= 16; code++) {
      expectStatus((await unary(client, 'UnaryCall', { response_status: { code, message: `code ${code}` } })).status, code, `code ${code}`);
    }
  },

  async unimplemented_method(client) {
    expectStatus((await unary(client, 'UnimplementedCall', {})).status, status.UNIMPLEMENTED);
  },

  async unimplemented_service(client, target) {
    const other = new testing.UnimplementedService(target, grpc.credentials.createInsecure());
    expectStatus((await unary(other, 'UnimplementedCall', {})).status, status.UNIMPLEMENTED);
    other.close();
  },

  async error_in_mid_stream(client) {
    const { call, seen } = duplex(client);
    call.write(ask(100));
    assert.equal((await seen.next()).payload.body.length, 100);
    call.write({ response_status: { code: 10, message: 'enough' } });
    assert.equal(await seen.next(), undefined);
    expectStatus(await seen.end, 10, 'enough');
  },

  async max_request_size(client) {
    const seen = await unary(client, 'UnaryCall', { response_size: 1, payload: zeros(limit + 1) });
    expectStatus(seen.status, status.RESOURCE_EXHAUSTED);
    const { call, seen: bidi } = duplex(client);
    call.write({ ...ask(1), payload: zeros(limit + 1) });
    expectStatus(await bidi.end, status.RESOURCE_EXHAUSTED);
    await expectUnary(client, { response_size: 1 }, 1);
  },

  async max_response_size(client) {
    const seen = await unary(client, 'UnaryCall', { response_size: limit + 1 });
    expectStatus(seen.status, status.RESOURCE_EXHAUSTED);
    await expectUnary(client, { response_size: 1 }, 1);
  },

  async large_messages(client, target) {
    const unlimited = connect(target, { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
    await expectUnary(unlimited, { response_size: 3_000_000, payload: zeros(3_000_000) }, 3_000_000);
    await expectUnary(unlimited, { response_size: 40_000_000 }, 40_000_000);
    const { call, seen } = duplex(unlimited);
    for (let i = 0; i < 3; i++) {
      call.write({ ...ask(3_000_000), payload: zeros(3_000_000) });
      assert.equal((await seen.next()).payload.body.length, 3_000_000);
    }
    call.end();
    expectStatus(await seen.end, status.OK);
    unlimited.close();
  },

  async parallel_streams(client) {
    const streams = Array.from({ length: 200 }, () => duplex(client));
    for (let round = 1; round <= 3; round++) {
      streams.forEach(({ call }) => call.write(ask(round)));
      for (const { seen } of streams) {
        assert.equal((await seen.next()).payload.body.length, round);
      }
    }
    streams.forEach(({ call }) => call.end());
    for (const { seen } of streams) {
      expectStatus(await seen.end, status.OK);
    }
  },

  async slow_reader(client) {
    const call = client.StreamingOutputCall({ response_parameters: Array.from({ length: 40 }, (_, i) => ({ size: 100_000 + i })) });
    let next = 0;
    for await (const message of call) {
      assert.equal(message.payload.body.length, 100_000 + next++);
      await expectUnary(client, { response_size: 10 }, 10);
    }
    assert.equal(next, 40);
  },

  async keepalive(client, target) {
    const pinging = connect(target, { 'grpc.keepalive_time_ms': 500, 'grpc.keepalive_timeout_ms': 5000 });
    const { call, seen } = duplex(pinging);
    call.write(ask(1, { interval_us: 2_500_000 }));
    assert.equal((await seen.next()).payload.body.length, 1);
    call.end();
    expectStatus(await seen.end, status.OK);
    pinging.close();
  },
};

function connect(target, options = {}) {
  // Channels of one target share connections otherwise, and with them the observed wire.
  return new testing.TestService(target, grpc.credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1, ...options });
}

async function run({ case: name, target }) {
  const client = connect(target);
  try {
    if (!cases[name]) {
      throw new Error(`no case ${name}`);
    }
    await cases[name](client, target);
    say({ ok: true });
  } catch (error) {
    say({ ok: false, error: error.stack });
  } finally {
    client.close();
  }
}

const lines = readline.createInterface({ input: process.stdin });
lines.on('line', (line) => run(JSON.parse(line)));
lines.on('close', () => process.exit(0));
