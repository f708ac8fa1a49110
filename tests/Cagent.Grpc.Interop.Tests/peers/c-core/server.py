# SPDX-License-Identifier: Apache-2.0
"""The interop service on C-core. Prints {"port":N}, then {"event":"cancelled"} for each call that ends before its status is
sent. Ends when its standard input does."""
import os
import sys
import threading
from concurrent import futures

import grpc
import service
from service import say, zeros


def _values(context, key):
    return [value for name, value in context.invocation_metadata() if name == key]


class _Watch:
    """Tells of a call that its client, its deadline or its connection ended before its status was sent."""

    def __init__(self, context):
        self.ended = threading.Event()
        # Only the state of grpcio itself knows: on a reset the handler may see the end of its requests first, take it for the
        # client's half-close and be done.
        self._state = context._state
        if not context.add_callback(self._end):
            self._end()

    def _end(self):
        self.ended.set()
        if self._state.client == "cancelled":
            say({"event": "cancelled"})


def _begin(context):
    """Echoes the metadata and watches the call."""
    initial = _values(context, service.INITIAL_KEY)
    if initial:
        context.send_initial_metadata([(service.INITIAL_KEY, value) for value in initial])
    trailing = _values(context, service.TRAILING_KEY)
    if trailing:
        context.set_trailing_metadata([(service.TRAILING_KEY, value) for value in trailing])
    return _Watch(context)


def _fail(context, status):
    context.set_code(next(code for code in grpc.StatusCode if code.value[0] == status.code))
    context.set_details(status.message)


def _compress(context, message):
    """The encoding is the call's, so a call that asks for any compressed response is compressed, and others opt out one by one."""
    if not message.value:
        context.disable_next_message_compression()


def empty_call(request, context):
    return service.Empty()


def unary_call(request, context):
    watch = _begin(context)
    delay = _values(context, service.DELAY_KEY)
    if delay and watch.ended.wait(int(delay[0]) / 1000):
        return service.SimpleResponse()
    if request.response_status.code:
        _fail(context, request.response_status)
        return service.SimpleResponse()
    if request.HasField("response_compressed"):
        context.set_compression(grpc.Compression.Gzip)
        _compress(context, request.response_compressed)
    return service.SimpleResponse(payload=zeros(request.response_size))


def _respond(request, context, watch):
    if any(parameters.HasField("compressed") for parameters in request.response_parameters):
        context.set_compression(grpc.Compression.Gzip)
    for parameters in request.response_parameters:
        if parameters.interval_us and watch.ended.wait(parameters.interval_us / 1e6):
            return
        if parameters.HasField("compressed"):
            _compress(context, parameters.compressed)
        yield service.StreamingOutputCallResponse(payload=zeros(parameters.size))


def streaming_output_call(request, context):
    watch = _begin(context)
    yield from _respond(request, context, watch)


def streaming_input_call(requests, context):
    _begin(context)
    total = sum(len(request.payload.body) for request in requests)
    return service.StreamingInputCallResponse(aggregated_payload_size=total)


def full_duplex_call(requests, context):
    watch = _begin(context)
    for request in requests:
        if request.response_status.code:
            _fail(context, request.response_status)
            break
        yield from _respond(request, context, watch)


def _handler(kind, behaviour, request):
    return kind(behaviour, request_deserializer=request.FromString, response_serializer=lambda message: message.SerializeToString())


def main():
    # A synchronous handler holds a thread for its call's life: more threads than the widest case has calls.
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=250), options=[
        # Our client's keep-alive is quicker than what C-core puts up with by default.
        ("grpc.http2.min_ping_interval_without_data_ms", 100),
        ("grpc.http2.min_recv_ping_interval_without_data_ms", 100),
        ("grpc.keepalive_permit_without_calls", 1),
    ])
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(service.SERVICE, {
        "EmptyCall": _handler(grpc.unary_unary_rpc_method_handler, empty_call, service.Empty),
        "UnaryCall": _handler(grpc.unary_unary_rpc_method_handler, unary_call, service.SimpleRequest),
        "StreamingOutputCall": _handler(grpc.unary_stream_rpc_method_handler, streaming_output_call, service.StreamingOutputCallRequest),
        "StreamingInputCall": _handler(grpc.stream_unary_rpc_method_handler, streaming_input_call, service.StreamingInputCallRequest),
        "FullDuplexCall": _handler(grpc.stream_stream_rpc_method_handler, full_duplex_call, service.StreamingOutputCallRequest),
    })])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    say({"port": port})
    sys.stdin.read()
    server.stop(None)
    # Threads of handlers that still run must not hold the process.
    os._exit(0)


main()
