// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Reflection;

namespace Cagent.Grpc.Interop.Tests.Cases;

/// <summary>The names of the cases: the public ones where there is a public one, and our own. Every client has each of them or says why not.</summary>
internal static class InteropCase
{
    public const string EmptyUnary = "empty_unary";
    public const string LargeUnary = "large_unary";
    public const string ClientStreaming = "client_streaming";
    public const string ServerStreaming = "server_streaming";
    public const string PingPong = "ping_pong";
    public const string EmptyStream = "empty_stream";
    public const string ClientCompressedUnary = "client_compressed_unary";
    public const string ClientCompressedStreaming = "client_compressed_streaming";
    public const string ServerCompressedUnary = "server_compressed_unary";
    public const string ServerCompressedStreaming = "server_compressed_streaming";
    public const string CancelAfterBegin = "cancel_after_begin";
    public const string CancelAfterFirstResponse = "cancel_after_first_response";
    public const string TimeoutOnSleepingServer = "timeout_on_sleeping_server";
    public const string CustomMetadata = "custom_metadata";
    public const string StatusCodeAndMessage = "status_code_and_message";
    public const string SpecialStatusMessage = "special_status_message";
    public const string UnimplementedMethod = "unimplemented_method";
    public const string UnimplementedService = "unimplemented_service";

    // Our own.
    public const string UnknownEncoding = "unknown_encoding";
    public const string CancelDuringUpload = "cancel_during_upload";
    public const string UnaryDeadline = "unary_deadline";
    public const string BinaryMetadata = "binary_metadata";
    public const string RepeatedBinaryMetadata = "repeated_binary_metadata";
    public const string AllStatusCodes = "all_status_codes";
    public const string ErrorInMidStream = "error_in_mid_stream";
    public const string MaxRequestSize = "max_request_size";
    public const string MaxResponseSize = "max_response_size";
    public const string LargeMessages = "large_messages";
    public const string ParallelStreams = "parallel_streams";
    public const string SlowReader = "slow_reader";
    public const string KeepAlive = "keepalive";

    public static ImmutableArray<string> All { get; } =
        [.. typeof(InteropCase).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)];

    /// <summary>The cases in which the server's handler must see the end that the client gave the call.</summary>
    public static ImmutableArray<string> SeenByTheHandler { get; } = [CancelDuringUpload, CancelAfterFirstResponse, UnaryDeadline];

    /// <summary>Those of them in which the client had not said that its requests are complete.</summary>
    public static ImmutableArray<string> CancelledWhileSending { get; } = [CancelDuringUpload, CancelAfterFirstResponse];
}
