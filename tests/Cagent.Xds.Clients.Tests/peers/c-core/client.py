# SPDX-License-Identifier: Apache-2.0
"""A C-core channel to the target of its argument. Each line of its standard input is {"id":N}: it calls who.Who/Ask and answers
{"id":N,"ok":true,"reply":TEXT} or {"id":N,"ok":false,"code":CODE,"error":TEXT}. Ends when its standard input does."""
import json
import os
import sys

import grpc

PATIENCE = 5

channel = grpc.insecure_channel(sys.argv[1])
ask = channel.unary_unary("/who.Who/Ask", request_serializer=lambda text: text.encode(), response_deserializer=lambda data: data.decode())

for line in sys.stdin:
    number = json.loads(line)["id"]
    try:
        answer = {"id": number, "ok": True, "reply": ask("", timeout=PATIENCE)}
    except grpc.RpcError as error:
        answer = {"id": number, "ok": False, "code": error.code().name, "error": error.details()}
    print(json.dumps(answer), flush=True)
# Threads of a channel that still connects must not hold the process.
os._exit(0)
