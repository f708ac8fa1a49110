// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;

namespace Cagent.Xds.Nodes;

/// <summary>Makes a client's words fit for logs and status: short, one line, and without secrets.</summary>
internal static class ClientText
{
    private const int MaxName = 128;
    private const int MaxError = 2048;

    public static string Name(string text) => OneLine(text, MaxName);

    public static string Error(string text, XdsType type)
    {
        // A failed constraint makes Envoy print the message, and that one holds a private key.
        if (type == XdsType.Secret)
        {
            int brace = text.IndexOf('{', StringComparison.Ordinal);
            text = brace < 0 ? text : text[..brace] + "{…}";
        }

        return OneLine(text, MaxError);
    }

    private static string OneLine(string text, int limit)
    {
        int length = Math.Min(text.Length, limit);
        return string.Create(length, text, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });
    }
}
