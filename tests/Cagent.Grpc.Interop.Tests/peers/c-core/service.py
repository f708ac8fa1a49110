# SPDX-License-Identifier: Apache-2.0
"""What the client and the server of this peer share. The message classes come from a serialised file descriptor, so that no
generated code must fit the installed protobuf runtime."""
import json
import sys
import threading

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

INITIAL_KEY = "x-grpc-test-echo-initial"
TRAILING_KEY = "x-grpc-test-echo-trailing-bin"
DELAY_KEY = "x-interop-delay-ms"
SERVICE = "grpc.testing.TestService"

_said = threading.Lock()
_pool = descriptor_pool.DescriptorPool()
with open(sys.argv[1], "rb") as _file:
    _pool.Add(descriptor_pb2.FileDescriptorProto.FromString(_file.read()))
_factory = message_factory.MessageFactory(_pool)


def _message(name):
    return _factory.GetPrototype(_pool.FindMessageTypeByName("grpc.testing." + name))


Empty = _message("Empty")
BoolValue = _message("BoolValue")
EchoStatus = _message("EchoStatus")
Payload = _message("Payload")
ResponseParameters = _message("ResponseParameters")
SimpleRequest = _message("SimpleRequest")
SimpleResponse = _message("SimpleResponse")
StreamingInputCallRequest = _message("StreamingInputCallRequest")
StreamingInputCallResponse = _message("StreamingInputCallResponse")
StreamingOutputCallRequest = _message("StreamingOutputCallRequest")
StreamingOutputCallResponse = _message("StreamingOutputCallResponse")


def zeros(size):
    return Payload(body=bytes(size))


def say(value):
    with _said:
        print(json.dumps(value), flush=True)
