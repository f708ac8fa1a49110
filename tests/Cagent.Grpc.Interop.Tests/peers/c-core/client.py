# SPDX-License-Identifier: Apache-2.0
"""The interop cases as a C-core client. Each line of its standard input is {"case":NAME,"target":"host:port"}; it answers
{"ok":true} or {"ok":false,"error":TEXT}. Ends when its standard input does."""
import json
import os
import queue
import sys
import traceback

import grpc
import service
from service import (BoolValue, EchoStatus, ResponseParameters, SimpleRequest, StreamingInputCallRequest,
                     StreamingOutputCallRequest, say, zeros)

REQUEST_SIZES = [27182, 8, 1828, 45904]
RESPONSE_SIZES = [31415, 9, 2653, 58979]
LIMIT = 4 * 1024 * 1024
PATIENCE = 20
BINARY_VALUES = [bytes(range(256)), b"\x01", b"\x01\x02", b"\x01\x02\x03", bytes([7]) * 3000, b""]
Code = grpc.StatusCode


class Client:
    """The stubs of one channel."""

    def __init__(self, target, *options):
        # Channels of one target share connections otherwise, and with them the observed wire.
        self.channel = grpc.insecure_channel(target, options=[("grpc.use_local_subchannel_pool", 1), *options])
        self.empty = self._stub(self.channel.unary_unary, "EmptyCall", service.Empty)
        self.unary = self._stub(self.channel.unary_unary, "UnaryCall", service.SimpleResponse)
        self.download = self._stub(self.channel.unary_stream, "StreamingOutputCall", service.StreamingOutputCallResponse)
        self.upload = self._stub(self.channel.stream_unary, "StreamingInputCall", service.StreamingInputCallResponse)
        self.duplex = self._stub(self.channel.stream_stream, "FullDuplexCall", service.StreamingOutputCallResponse)
        self.unimplemented = self._stub(self.channel.unary_unary, "UnimplementedCall", service.Empty)
        self.unknown = self._stub(self.channel.unary_unary, "UnimplementedCall", service.Empty, "grpc.testing.UnimplementedService")

    @staticmethod
    def _stub(kind, method, response, name=service.SERVICE):
        return kind(f"/{name}/{method}", request_serializer=lambda message: message.SerializeToString(),
                    response_deserializer=response.FromString)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.channel.close()


class Requests:
    """An iterator of requests that a case feeds; None ends it."""

    def __init__(self):
        self._queue = queue.Queue()

    def put(self, request):
        self._queue.put(request)

    def __iter__(self):
        return self

    def __next__(self):
        request = self._queue.get()
        if request is None:
            raise StopIteration
        return request


class Duplex:
    def __init__(self, client, **options):
        self.requests = Requests()
        self.call = client.duplex(self.requests, timeout=options.pop("timeout", PATIENCE), **options)

    def ask(self, size, payload=None, **parameters):
        self.requests.put(StreamingOutputCallRequest(
            response_parameters=[ResponseParameters(size=size, **parameters)], payload=zeros(payload) if payload else None))

    def expect(self, size):
        same(len(next(self.call).payload.body), size)

    def finish(self):
        self.requests.put(None)
        same(list(self.call), [])
        same(self.call.code(), Code.OK)


def same(actual, expected):
    if actual != expected:
        raise AssertionError(f"{actual!r} instead of {expected!r}")


def expect_error(action, code, details=None):
    """Runs to the error of the call, which is returned."""
    try:
        action()
    except grpc.RpcError as error:
        same(error.code(), code)
        if details is not None:
            same(error.details(), details)
        return error
    raise AssertionError(f"no error instead of {code}")


def expect_unary(client, request, size, **options):
    response, call = client.unary.with_call(request, timeout=PATIENCE, **options)
    same(response.payload.body, bytes(size))
    return call


def values(metadata, key):
    return [value for name, value in metadata if name == key]


def empty_unary(client, target):
    same(client.empty(service.Empty(), timeout=PATIENCE), service.Empty())


def large_unary(client, target):
    expect_unary(client, SimpleRequest(response_size=314159, payload=zeros(271828)), 314159)


def client_streaming(client, target):
    requests = (StreamingInputCallRequest(payload=zeros(size)) for size in REQUEST_SIZES)
    same(client.upload(requests, timeout=PATIENCE).aggregated_payload_size, 74922)


def server_streaming(client, target):
    request = StreamingOutputCallRequest(response_parameters=[ResponseParameters(size=size) for size in RESPONSE_SIZES])
    same([len(response.payload.body) for response in client.download(request, timeout=PATIENCE)], RESPONSE_SIZES)


def ping_pong(client, target):
    stream = Duplex(client)
    for up, down in zip(REQUEST_SIZES, RESPONSE_SIZES):
        stream.ask(down, up)
        stream.expect(down)
    stream.finish()


def empty_stream(client, target):
    Duplex(client).finish()


def client_compressed_unary(client, target):
    def request(value):
        return SimpleRequest(response_size=314159, payload=zeros(271828), expect_compressed=BoolValue(value=value))
    expect_error(lambda: client.unary(request(True), timeout=PATIENCE), Code.INVALID_ARGUMENT)
    expect_unary(client, request(True), 314159, compression=grpc.Compression.Gzip)
    expect_unary(client, request(False), 314159)


def server_compressed_unary(client, target):
    for value in (True, False):
        request = SimpleRequest(response_size=314159, payload=zeros(271828), response_compressed=BoolValue(value=value))
        expect_unary(client, request, 314159)


def server_compressed_streaming(client, target):
    request = StreamingOutputCallRequest(response_parameters=[
        ResponseParameters(size=31415, compressed=BoolValue(value=True)),
        ResponseParameters(size=92653, compressed=BoolValue(value=False))])
    same([len(response.payload.body) for response in client.download(request, timeout=PATIENCE)], [31415, 92653])


def unknown_encoding(client, target):
    request = SimpleRequest(response_size=1, payload=zeros(1000))
    expect_error(lambda: client.unary(request, timeout=PATIENCE, compression=grpc.Compression.Deflate), Code.UNIMPLEMENTED)


def cancel_after_begin(client, target):
    requests = Requests()
    call = client.upload.future(requests, timeout=PATIENCE)
    call.cancel()
    requests.put(None)
    same(call.cancelled(), True)
    same(call.code(), Code.CANCELLED)


def cancel_during_upload(client, target):
    requests = Requests()
    call = client.upload.future(requests, timeout=PATIENCE, metadata=[(service.INITIAL_KEY, "begun")])
    requests.put(StreamingInputCallRequest(payload=zeros(27182)))
    # The handler must run before the cancellation can be seen there: its headers say so.
    same(values(call.initial_metadata(), service.INITIAL_KEY), ["begun"])
    call.cancel()
    requests.put(None)
    same(call.code(), Code.CANCELLED)


def cancel_after_first_response(client, target):
    stream = Duplex(client)
    stream.ask(31415, 27182)
    stream.expect(31415)
    stream.call.cancel()
    stream.requests.put(None)
    expect_error(lambda: next(stream.call), Code.CANCELLED)


def timeout_on_sleeping_server(client, target):
    stream = Duplex(client, timeout=0.001)
    stream.ask(31415, 27182, interval_us=10_000_000)
    expect_error(lambda: next(stream.call), Code.DEADLINE_EXCEEDED)
    stream.requests.put(None)


def unary_deadline(client, target):
    expect_error(lambda: client.unary(SimpleRequest(response_size=1), timeout=1, metadata=[(service.DELAY_KEY, "30000")]),
                 Code.DEADLINE_EXCEEDED)


def custom_metadata(client, target):
    metadata = [(service.INITIAL_KEY, "test_initial_metadata_value"), (service.TRAILING_KEY, b"\xab\xab\xab")]

    def expect(call):
        same(values(call.initial_metadata(), service.INITIAL_KEY), ["test_initial_metadata_value"])
        same(values(call.trailing_metadata(), service.TRAILING_KEY), [b"\xab\xab\xab"])
    expect(expect_unary(client, SimpleRequest(response_size=314159, payload=zeros(271828)), 314159, metadata=metadata))
    stream = Duplex(client, metadata=metadata)
    stream.ask(314159, 271828)
    stream.expect(314159)
    stream.finish()
    expect(stream.call)


def expect_binary_echo(client, sent):
    call = expect_unary(client, SimpleRequest(response_size=1), 1, metadata=[(service.TRAILING_KEY, value) for value in sent])
    same(values(call.trailing_metadata(), service.TRAILING_KEY), sent)


def binary_metadata(client, target):
    for value in BINARY_VALUES:
        expect_binary_echo(client, [value])


def repeated_binary_metadata(client, target):
    expect_binary_echo(client, BINARY_VALUES[:4])


def status_code_and_message(client, target):
    status = EchoStatus(code=2, message="test status message")
    expect_error(lambda: client.unary(SimpleRequest(response_status=status), timeout=PATIENCE), Code.UNKNOWN, status.message)
    stream = Duplex(client)
    stream.requests.put(StreamingOutputCallRequest(response_status=status))
    stream.requests.put(None)
    expect_error(lambda: next(stream.call), Code.UNKNOWN, status.message)


def special_status_message(client, target):
    message = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n"
    status = EchoStatus(code=2, message=message)
    expect_error(lambda: client.unary(SimpleRequest(response_status=status), timeout=PATIENCE), Code.UNKNOWN, message)


def all_status_codes(client, target):
    for code in Code:
        number = code.value[0]
        if number:
            request = SimpleRequest(response_status=EchoStatus(code=number, message=f"code {number}"))
            expect_error(lambda: client.unary(request, timeout=PATIENCE), code, f"code {number}")


def unimplemented_method(client, target):
    expect_error(lambda: client.unimplemented(service.Empty(), timeout=PATIENCE), Code.UNIMPLEMENTED)


def unimplemented_service(client, target):
    expect_error(lambda: client.unknown(service.Empty(), timeout=PATIENCE), Code.UNIMPLEMENTED)


def error_in_mid_stream(client, target):
    stream = Duplex(client)
    stream.ask(100)
    stream.expect(100)
    stream.requests.put(StreamingOutputCallRequest(response_status=EchoStatus(code=10, message="enough")))
    expect_error(lambda: next(stream.call), Code.ABORTED, "enough")
    stream.requests.put(None)


def max_request_size(client, target):
    request = SimpleRequest(response_size=1, payload=zeros(LIMIT + 1))
    expect_error(lambda: client.unary(request, timeout=PATIENCE), Code.RESOURCE_EXHAUSTED)
    stream = Duplex(client)
    stream.ask(1, LIMIT + 1)
    expect_error(lambda: next(stream.call), Code.RESOURCE_EXHAUSTED)
    stream.requests.put(None)
    expect_unary(client, SimpleRequest(response_size=1), 1)


def max_response_size(client, target):
    expect_error(lambda: client.unary(SimpleRequest(response_size=LIMIT + 1), timeout=PATIENCE), Code.RESOURCE_EXHAUSTED)
    expect_unary(client, SimpleRequest(response_size=1), 1)


def large_messages(client, target):
    with Client(target, ("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)) as unlimited:
        expect_unary(unlimited, SimpleRequest(response_size=3_000_000, payload=zeros(3_000_000)), 3_000_000)
        expect_unary(unlimited, SimpleRequest(response_size=40_000_000), 40_000_000)
        stream = Duplex(unlimited)
        for _ in range(3):
            stream.ask(3_000_000, 3_000_000)
            stream.expect(3_000_000)
        stream.finish()


def parallel_streams(client, target):
    streams = [Duplex(client) for _ in range(200)]
    for size in (1, 2, 3):
        for stream in streams:
            stream.ask(size)
        for stream in streams:
            stream.expect(size)
    for stream in streams:
        stream.finish()


def slow_reader(client, target):
    sizes = [100_000 + i for i in range(40)]
    request = StreamingOutputCallRequest(response_parameters=[ResponseParameters(size=size) for size in sizes])
    received = []
    for response in client.download(request, timeout=PATIENCE):
        received.append(len(response.payload.body))
        expect_unary(client, SimpleRequest(response_size=10), 10)
    same(received, sizes)


def keepalive(client, target):
    with Client(target, ("grpc.keepalive_time_ms", 500), ("grpc.keepalive_timeout_ms", 5000),
                ("grpc.http2.max_pings_without_data", 0)) as pinging:
        stream = Duplex(pinging)
        stream.ask(1, interval_us=2_500_000)
        stream.expect(1)
        stream.finish()


def run(name, target):
    try:
        with Client(target) as client:
            globals()[name](client, target)
        say({"ok": True})
    except BaseException:  # The peer outlives a case, whatever it does.
        say({"ok": False, "error": traceback.format_exc()})


for line in sys.stdin:
    command = json.loads(line)
    run(command["case"], command["target"])
# Threads of iterators that still wait must not hold the process.
os._exit(0)
