// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Web;

/// <summary>The content types of gRPC-Web.</summary>
internal sealed class WebFormat
{
    public static readonly WebFormat Binary = new("application/grpc-web", isText: false);
    public static readonly WebFormat Text = new("application/grpc-web-text", isText: true);

    private const string Proto = "+proto";

    private readonly string _name;

    private WebFormat(string name, bool isText)
    {
        _name = name;
        IsText = isText;
        ResponseType = name + Proto;
    }

    /// <summary>Whether the bodies are base64.</summary>
    public bool IsText { get; }

    public string ResponseType { get; }

    /// <summary>The format of a request; null when it is not gRPC-Web with protobuf.</summary>
    public static WebFormat? Find(ReadOnlySpan<char> contentType)
    {
        int parameters = contentType.IndexOf(';');
        ReadOnlySpan<char> type = (parameters < 0 ? contentType : contentType[..parameters]).Trim();
        return Text.Is(type) ? Text : Binary.Is(type) ? Binary : null;
    }

    private bool Is(ReadOnlySpan<char> type) =>
        type.Equals(_name, StringComparison.OrdinalIgnoreCase) || type.Equals(ResponseType, StringComparison.OrdinalIgnoreCase);
}
